import { expect, it } from "vitest";
import { lookupsAfterTheEnd } from "./lookups-after-the-end.ts";
import type { Lookup } from "./run-lookups.ts";

const lookup = (sentAt: number, answeredAt: number, rest: Partial<Lookup> = {}): Lookup => ({
  runId: "one",
  status: 200,
  sentAt,
  answeredAt,
  ...rest,
});
const ended = lookup(10, 20, { end: "completed" });

it("finds a run that goes back from its end, or has another one", () => {
  const back = lookup(30, 40);
  const other = lookup(50, 60, { end: "cancelled" });
  const same = lookup(70, 80, { end: "completed" });
  const changed = lookupsAfterTheEnd([other, ended, same, back]);
  expect(changed).toEqual({ count: 3, changed: [other, back] });
});

it("judges only answers, and only those that were asked for after the end was told", () => {
  const overlapping = lookup(15, 40);
  const before = lookup(0, 5);
  const away = lookup(30, 40, { status: 503 });
  const another = lookup(30, 40, { runId: "two" });
  expect(lookupsAfterTheEnd([before, ended, overlapping, away, another])).toEqual({
    count: 0,
    changed: [],
  });
});
