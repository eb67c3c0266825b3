import { expect, it } from "vitest";
import { compareEventIds } from "./run-event.ts";

it("orders ids as they were sent", () => {
  const sent = ["0-1", "1-1", "1-2.1", "1-2.2", "1-2", "1-10", "2-1.1", "2-1"];
  expect(sent.toReversed().toSorted(compareEventIds)).toEqual(sent);
  expect(compareEventIds("1-2", "1-2")).toBe(0);
  expect(compareEventIds("1-2.1", "1-2.1")).toBe(0);
});
