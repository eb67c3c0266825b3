import type { RunKey } from "@llamaagent/core";
import type { EndedByOther } from "./end-foreign-run.ts";
import type { RunsContext } from "../runs-context.ts";

/** After the commit: the live tail hears the terminal event, the thread's next run gets its hint. */
export async function announceEnd(
  context: Pick<RunsContext, "hints" | "tail">,
  run: RunKey,
  ended: EndedByOther,
): Promise<void> {
  await context.tail.publish([{ ...run, events: [ended.event] }]);
  if (ended.hints.length > 0) await context.hints.add(ended.hints);
}
