import { expect, it } from "vitest";
import { createStampReader, stamp } from "./chunk-stamp.ts";

it("reads each stamp once, also one that comes in two pieces", () => {
  const reader = createStampReader();
  const [first, second] = [stamp(), stamp()];
  reader.read(`data: {"text":"${first}${second.slice(0, 9)}`);
  expect(reader.delays).toHaveLength(1);
  reader.read(`${second.slice(9)}"}\n\n`);
  expect(reader.delays).toHaveLength(2);
  expect(Math.min(...reader.delays)).toBeGreaterThanOrEqual(0);
});
