import { expect, it } from "vitest";
import { keptFor } from "./kept-for.ts";

function counted(answers: readonly (() => Promise<string>)[]) {
  let now = 0;
  let loads = 0;
  const read = keptFor(3_000, {
    clock: { monotonicMs: () => now },
    load: async () => (await answers[loads++]?.()) ?? "none",
  });
  return { read, loads: () => loads, pass: (ms: number) => (now += ms) };
}

it("loads once for all who ask within the time, then again", async () => {
  const { read, loads, pass } = counted([async () => "first", async () => "second"]);
  expect(await Promise.all([read(), read()])).toEqual(["first", "first"]);
  pass(2_999);
  expect(await read()).toBe("first");
  expect(loads()).toBe(1);
  pass(1);
  expect(await read()).toBe("second");
  expect(loads()).toBe(2);
});

it("loads again at once after a failure, which all who waited for it get", async () => {
  const { read, loads } = counted([
    () => Promise.reject(new Error("away")),
    async () => "there again",
  ]);
  const outcomes = await Promise.allSettled([read(), read()]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await read()).toBe("there again");
  expect(loads()).toBe(2);
});

it("keeps what is newer than a failure that comes late", async () => {
  const late = Promise.withResolvers<string>();
  const { read, loads, pass } = counted([() => late.promise, async () => "newer"]);
  const waiting = read();
  pass(3_000);
  expect(await read()).toBe("newer");
  late.reject(new Error("away"));
  await expect(waiting).rejects.toThrow("away");
  expect(await read()).toBe("newer");
  expect(loads()).toBe(2);
});
