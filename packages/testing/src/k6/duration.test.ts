import { expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

it.each([
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["500ms", 500],
  ["1.5s", 1500],
  ["2m500ms", 120_500],
])("reads %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(["", "90", "s", "1d", "1m and 3s", "-1s"])("refuses '%s'", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
