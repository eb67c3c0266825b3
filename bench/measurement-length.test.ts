import { expect, it } from "vitest";
import { isWhole, lengthOf } from "./measurement-length.ts";

it.each([
  { values: { quick: false }, length: { rounds: 7, seconds: 4 }, whole: true },
  { values: { quick: false, rounds: "9" }, length: { rounds: 9, seconds: 4 }, whole: true },
  { values: { quick: false, rounds: "1" }, length: { rounds: 1, seconds: 4 }, whole: false },
  { values: { quick: false, seconds: "1" }, length: { rounds: 7, seconds: 1 }, whole: false },
  { values: { quick: true }, length: { rounds: 2, seconds: 1 }, whole: false },
])("measures $length for $values; kept and shown: $whole", ({ values, length, whole }) => {
  expect(lengthOf(values)).toEqual(length);
  expect(isWhole(length)).toBe(whole);
});

it.each(["few", "0", "-1", "1.5", ""])("refuses '%s' rounds", (rounds) => {
  expect(() => lengthOf({ quick: false, rounds })).toThrow(
    `--rounds is to be a whole number from 1 on, not '${rounds}'`,
  );
});
