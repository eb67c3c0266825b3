import { AppError } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { expect, it } from "vitest";
import { createWorkerOffers } from "./worker-offers.ts";

function offersOf(answers: readonly (() => object[])[]) {
  let now = 0;
  let reads = 0;
  const system = async () => {
    const answer = answers[Math.min(reads, answers.length - 1)];
    reads += 1;
    return answer?.() ?? [];
  };
  const offers = createWorkerOffers({
    db: { system } as unknown as Database, // nothing else of it is used
    clock: { now: () => new Date(0), monotonicMs: () => now },
  });
  return { offers, reads: () => reads, pass: (ms: number) => (now += ms) };
}
const known = new Map([
  ["echo", 1],
  ["add", 1],
]);

it("tells what a living worker has, and what only workers have", async () => {
  const { offers } = offersOf([
    () => [
      { capabilities: { tools: ["echo", "search"] } },
      { capabilities: { tools: ["browse", "echo"], prompting: ["terse"] } },
    ],
  ]);
  const { isAvailable, workersOnly } = await offers("tools", known);
  expect(["echo", "add", "search"].map(isAvailable)).toEqual([true, false, true]);
  expect(workersOnly).toEqual(["browse", "search"]);
  expect((await offers("prompting", new Map())).workersOnly).toEqual(["terse"]);
  expect((await offers("providers", known)).workersOnly).toEqual([]);
});

it("reads the workers' rows once in 3 s, for all kinds", async () => {
  const { offers, reads, pass } = offersOf([
    () => [{ capabilities: { tools: ["echo"] } }],
    () => [],
  ]);
  const echo = async () => (await offers("tools", known)).isAvailable("echo");
  expect(await Promise.all([echo(), offers("prompting", known), echo()])).toMatchObject([
    true,
    {},
    true,
  ]);
  pass(2_999);
  expect([await echo(), reads()]).toEqual([true, 1]);
  pass(1);
  expect([await echo(), reads()]).toEqual([false, 2]);
});

it("fails as the database does, and reads again at the next question", async () => {
  const { offers } = offersOf([
    () => {
      throw new AppError("service_unavailable");
    },
    () => [{ capabilities: { tools: ["echo"] } }],
  ]);
  await expect(offers("tools", known)).rejects.toMatchObject({ code: "service_unavailable" });
  expect((await offers("tools", known)).isAvailable("echo")).toBe(true);
});
