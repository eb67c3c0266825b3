import type { EpochStart, RunEventFields, RunEventType } from "./generated/types.ts";

/** In every event; the first one of an epoch after the first also has the fields of `EpochStart`. */
export interface RunEventCommon extends Partial<EpochStart> {
  run_id: string;
  at: string;
}

/**
 * An event of a run as it was sent. A newer server may send types that are not listed here: let a
 * `switch` over `type` have a default that ignores them.
 */
export type RunEvent = {
  [T in RunEventType]: {
    /** `<epoch>-<seq>`, or `<epoch>-<seq>.<n>`: the position to read on from. */
    id: string;
    type: T;
    data: RunEventFields[T] & RunEventCommon;
  };
}[RunEventType];

/** True for the last event of a run; the stream ends with it. */
export function isTerminalEvent(
  event: RunEvent,
): event is Extract<RunEvent, { type: "run.completed" | "run.failed" | "run.cancelled" }> {
  return (
    event.type === "run.completed" || event.type === "run.failed" || event.type === "run.cancelled"
  );
}

/** Negative where the event id `a` stands before `b`; `1-2.1`, sent of the event `1-2` before its last frame, before `1-2`. */
export function compareEventIds(a: string, b: string): number {
  const [epochA, seqA, frameA] = partsOf(a);
  const [epochB, seqB, frameB] = partsOf(b);
  if (epochA !== epochB || seqA !== seqB) return epochA - epochB || seqA - seqB;
  return frameA === frameB ? 0 : frameA - frameB;
}

function partsOf(id: string): [epoch: number, seq: number, frame: number] {
  const [, epoch, seq, frame] = /^(\d+)-(\d+)(?:\.(\d+))?$/.exec(id) ?? [];
  return [Number(epoch ?? 0), Number(seq ?? 0), frame === undefined ? Infinity : Number(frame)];
}
