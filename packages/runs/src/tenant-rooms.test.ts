import { expect, it } from "vitest";
import { createTenantRooms } from "./tenant-rooms.ts";

function rooms() {
  let now = 0;
  return { ...createTenantRooms({ monotonicMs: () => now }), past: (ms: number) => (now += ms) };
}

it("knows ample room for a second, less what was taken of it", () => {
  const { known, counted, taken, past } = rooms();
  expect(known("t")).toBeUndefined();
  counted("t", 1_500);
  taken("t", 100);
  past(999);
  expect([known("t"), known("u")]).toEqual([1_400, undefined]);
  past(1);
  expect(known("t")).toBeUndefined();
});

it("has it counted each time where it is scarce", () => {
  const { known, counted, taken } = rooms();
  counted("t", 1_000);
  expect(known("t")).toBeUndefined();
  counted("t", 1_001);
  taken("t", 1);
  expect(known("t")).toBeUndefined();
});

it("knows for a fifth of a second that there is none", () => {
  const { known, counted, past } = rooms();
  counted("t", 0);
  past(199);
  expect(known("t")).toBe(0);
  past(1);
  expect(known("t")).toBeUndefined();
});
