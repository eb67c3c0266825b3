import type { RunKey } from "@llamaagent/core";
import type { RunsContext } from "../runs-context.ts";
import { announceEnd } from "./announce-end.ts";
import type { EndedByOther } from "./end-foreign-run.ts";

/** After the commit that ended a run which may have an owner: as `announceEnd`, and the owner stops. */
export async function tellOfEnd(
  context: Pick<RunsContext, "hints" | "tail" | "cancelSignals">,
  run: RunKey,
  ended: EndedByOther,
): Promise<void> {
  await announceEnd(context, run, ended);
  await context.cancelSignals.publish(run);
}
