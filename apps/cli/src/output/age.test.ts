import { expect, it } from "vitest";
import { age } from "./age.ts";

it.each([
  ["2026-01-01T00:00:00Z", "0s"],
  ["2025-12-31T23:59:01Z", "59s"],
  ["2025-12-31T23:59:00Z", "1m"],
  ["2025-12-31T22:00:00Z", "2h"],
  ["2025-11-22T00:00:00Z", "40d"],
  // A server whose clock is ahead of ours.
  ["2026-01-01T00:00:05Z", "0s"],
])("%s was %s ago", (at, expected) => {
  expect(age(at, Date.parse("2026-01-01T00:00:00Z"))).toBe(expected);
});
