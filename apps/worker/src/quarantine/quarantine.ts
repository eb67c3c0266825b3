import type { ClaimedRun } from "@llamaagent/runs";
import type { RunControl } from "../run-control.ts";
import type { Slots } from "../slots.ts";

/** Executes runs that ended the processes which executed them: apart from all others. */
export interface Quarantine {
  /** So many are in line that no further one is to be claimed. */
  readonly isFull: boolean;
  /**
   * Resolves when the run has left this worker; never rejects. Of the caller's slots the run holds one,
   * which is given back.
   */
  execute(claimed: ClaimedRun, control: RunControl, slots: Slots): Promise<void>;
}

/** Settles a run without a process of its own: nothing of it is executed where its control says stop. */
export type ExecuteHere = (claimed: ClaimedRun, control: RunControl) => Promise<void>;
