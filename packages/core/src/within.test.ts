import { afterEach, expect, it, vi } from "vitest";
import { within } from "./within.ts";

afterEach(() => void vi.useRealTimers());

it("passes on what the promise becomes in time, and leaves no timer", async () => {
  vi.useFakeTimers();
  expect(await within(Promise.resolve("value"), 1_000, "other")).toBe("value");
  await expect(within(Promise.reject(new Error("no")), 1_000, "other")).rejects.toThrow("no");
  expect(vi.getTimerCount()).toBe(0);
});

it("gives the other where the promise takes longer, whatever becomes of that", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  const { promise, reject } = Promise.withResolvers<string>();
  expect(await within(promise, 1, "other")).toBe("other");
  reject(new Error("late"));
  await new Promise(setImmediate);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
