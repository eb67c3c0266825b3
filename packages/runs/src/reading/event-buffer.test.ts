import type { StoredEvent } from "@llamaagent/core";
import { expect, it } from "vitest";
import { createEventBuffer } from "./event-buffer.ts";

const event = (seq: number, data = "{}"): StoredEvent => ({
  id: `1-${seq}`,
  type: "message.delta",
  data,
});
const many = (count: number, data?: string) =>
  Array.from({ length: count }, (_, n) => event(n + 1, data));

it("gives events in order, those from before first", () => {
  const buffer = createEventBuffer();
  expect(buffer.push([event(2), event(3)])).toBe(true);
  buffer.unshift([event(1)]);
  expect([1, 2, 3, 4].map(() => buffer.shift()?.id)).toEqual(["1-1", "1-2", "1-3", undefined]);
});

it.each([
  { what: "5,000 events", full: many(5_000) },
  { what: "64 KiB", full: many(64, "x".repeat(1_024)) },
])("takes nothing more than $what until it was read from", ({ full }) => {
  const buffer = createEventBuffer();
  expect(buffer.push(full.slice(1))).toBe(true);
  expect(buffer.push(full.slice(0, 1))).toBe(true);
  expect(buffer.push([event(9_999)])).toBe(false);
  const next = full.map(() => buffer.shift()?.id);
  expect(next).toEqual([...full.slice(1), ...full.slice(0, 1)].map(({ id }) => id));
  expect(buffer.shift()).toBeUndefined();
  expect(buffer.push([event(10_000)])).toBe(true);
});

it("takes one event of any size where it has room", () => {
  const buffer = createEventBuffer();
  expect(buffer.push([event(1, "x".repeat(4_000_000))])).toBe(true);
  expect(buffer.shift()?.id).toBe("1-1");
});
