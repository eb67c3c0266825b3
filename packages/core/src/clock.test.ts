import { expect, it } from "vitest";
import { isoText } from "./clock.ts";

it("writes each moment as toISOString does", () => {
  const moments = [0, 0, 1, -1, 1, 253_402_300_800_000].map((ms) => new Date(ms));
  expect(moments.map(isoText)).toEqual(moments.map((moment) => moment.toISOString()));
  const moved = new Date(5);
  isoText(moved);
  moved.setTime(7);
  expect(isoText(moved)).toBe(new Date(7).toISOString());
  expect(() => isoText(new Date(Number.NaN))).toThrow(RangeError);
  expect(isoText(moved)).toBe(new Date(7).toISOString());
});
