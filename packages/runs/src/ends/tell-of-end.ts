import type { RunKey } from "@llamaagent/core";
import type { RunsContext } from "../runs-context.ts";
import type { DisplacedRun } from "../threads/end-open-runs.ts";
import { announceEnd } from "./announce-end.ts";
import type { EndedByOther } from "./end-foreign-run.ts";

type Telling = Pick<RunsContext, "hints" | "tail" | "cancelSignals">;

/** After the commit that ended a run which may have an owner: as `announceEnd`, and the owner stops. */
export async function tellOfEnd(context: Telling, run: RunKey, ended: EndedByOther): Promise<void> {
  await announceEnd(context, run, ended);
  await context.cancelSignals.publish(run);
}

/** One script of the tail's takes so many: Redis does nothing else meanwhile. */
const AT_ONCE = 200;

/** As `tellOfEnd`, of many runs. */
export async function tellOfEnds(
  { tail, cancelSignals }: Omit<Telling, "hints">,
  displaced: readonly DisplacedRun[],
): Promise<void> {
  for (const { run, hadOwner } of displaced) if (hadOwner) await cancelSignals.publish(run);
  for (let first = 0; first < displaced.length; first += AT_ONCE)
    await tail.publish(
      displaced
        .slice(first, first + AT_ONCE)
        .map(({ run, event }) => ({ ...run, events: [event] })),
    );
}
