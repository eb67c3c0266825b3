import { expect, it } from "vitest";
import { alternate } from "./alternate.ts";

it("measures the arms in turns, and keeps the figures of a round together", async () => {
  const order: string[] = [];
  const arm = (name: string) => async () => order.push(name);
  const lines: string[] = [];
  const measured = await alternate(
    { rounds: 3, seconds: 1, units: "ms", progress: (line) => void lines.push(line) },
    { a: arm("a"), b: arm("b") },
  );
  expect(order.join("")).toBe("abbaab");
  expect(measured).toEqual([
    { a: 1, b: 2 },
    { b: 3, a: 4 },
    { a: 5, b: 6 },
  ]);
  expect(lines).toEqual([
    "  round 1 of 3: a 1 ms; b 2 ms",
    "  round 2 of 3: b 3 ms; a 4 ms",
    "  round 3 of 3: a 5 ms; b 6 ms",
  ]);
});

it("says the unit of each figure, where an arm has several", async () => {
  const lines: string[] = [];
  await alternate(
    {
      rounds: 1,
      seconds: 1,
      units: { rate: "runs/s", cpu: "µs a run", jobs: "jobs/s" },
      progress: (line) => void lines.push(line),
    },
    { ours: async () => ({ rate: 1234.567, cpu: 0.5 }), bare: async () => ({ jobs: 8 }) },
  );
  expect(lines).toEqual(["  round 1 of 1: ours 1235 runs/s, 0.5 µs a run; bare 8 jobs/s"]);
});
