import { expect, it } from "vitest";
import { alternate } from "./alternate.ts";

it("measures the arms in turns, and keeps the figures of a round together", async () => {
  const order: string[] = [];
  const arm = (name: string) => async () => order.push(name);
  const lines: string[] = [];
  const measured = await alternate(
    { rounds: 3, seconds: 1, progress: (line) => void lines.push(line) },
    { a: arm("a"), b: arm("b") },
  );
  expect(order.join("")).toBe("abbaab");
  expect(measured).toEqual([
    { a: 1, b: 2 },
    { b: 3, a: 4 },
    { a: 5, b: 6 },
  ]);
  expect(lines).toEqual([
    "  round 1 of 3: a:1,b:2",
    "  round 2 of 3: b:3,a:4",
    "  round 3 of 3: a:5,b:6",
  ]);
});
