import type { Clock } from "@llamaagent/core";
import type { ClaimedRun } from "@llamaagent/runs";

/** What a worker tells the process that executes one of its runs. */
export type ToChild =
  | { kind: "run"; claimed: ClaimedRun; workspaceRoot: string; leaseUntil: number }
  /** The worker's lease, in milliseconds of the machine's monotonic clock. */
  | { kind: "lease"; until: number }
  | { kind: "cancel" }
  /** At the end of its step the run is handed back. */
  | { kind: "drain" }
  /** It is handed back now. */
  | { kind: "hand_back" };

/** `ready`: the run may come. `settled`: what became of it is stored, or others find it. */
export type FromChild = { kind: "ready" } | { kind: "settled" };

/** All processes of a machine read the same monotonic clock, each from a zero of its own. */
const ownZeroMs = (clock: Clock): number =>
  Number(process.hrtime.bigint()) / 1_000_000 - clock.monotonicMs();

export function toMachineMs(monotonicMs: number, clock: Clock): number {
  return monotonicMs + ownZeroMs(clock);
}

export function fromMachineMs(machineMs: number, clock: Clock): number {
  return machineMs - ownZeroMs(clock);
}
