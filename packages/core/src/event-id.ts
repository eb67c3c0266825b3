/**
 * An event's identity: `<epoch>-<seq>`, gapless inside an epoch. Also the id of the entry in the
 * live tail's Redis stream, which has the same form and order.
 */
export interface EventId {
  epoch: number;
  seq: number;
}

/** `0-0` stands before the first event of every run. */
export const START: EventId = { epoch: 0, seq: 0 };

export function formatEventId(id: EventId): string {
  return `${id.epoch}-${id.seq}`;
}

/** Undefined where the text is no id: `<epoch>-<seq>`, each 0…2^31−1 without leading zeros. */
export function parseEventId(text: string): EventId | undefined {
  const match = /^(0|[1-9]\d{0,9})-(0|[1-9]\d{0,9})$/.exec(text);
  if (!match) return undefined;
  const id = { epoch: Number(match[1]), seq: Number(match[2]) };
  return id.epoch <= 0x7fffffff && id.seq <= 0x7fffffff ? id : undefined;
}

/** Negative where `a` stands before `b`. */
export function compareEventIds(a: EventId, b: EventId): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}
