import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { createValidity } from "./validity.ts";

it("holds until the moment it was given, which never moves back", () => {
  let now = 0;
  const validity = createValidity({ monotonicMs: () => now });
  expect(validity.isValid()).toBe(false);
  validity.extend(10);
  validity.extend(5);
  expect(validity.until).toBe(10);
  now = 9.9;
  expect(validity.isValid()).toBe(true);
  now = 10;
  expect(validity.isValid()).toBe(false);
});

it("wakes who waits once it holds, not where it was given what is over already", async () => {
  const now = 100;
  const validity = createValidity({ monotonicMs: () => now });
  let isAwake = false;
  const waiting = validity.waitUntilValid(new AbortController().signal).then(() => {
    isAwake = true;
  });
  validity.extend(50);
  await new Promise(setImmediate);
  expect(isAwake).toBe(false);
  validity.extend(101);
  await waiting;
  expect(isAwake).toBe(true);
});

it("rejects with the reason of the signal", async () => {
  const validity = createValidity({ monotonicMs: () => 0 });
  const abort = new AbortController();
  const waiting = validity.waitUntilValid(abort.signal);
  abort.abort("given up");
  await expect(waiting).rejects.toBe("given up");
});

it("leaves one listener on the signal while it waits, however long, and none behind", async () => {
  const validity = createValidity({ monotonicMs: () => 100 });
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, "abort").length;
  const waiting = validity.waitUntilValid(signal);
  for (let until = 1; until < 5; until += 1) {
    validity.extend(until);
    await new Promise(setImmediate);
    expect(listeners()).toBe(1);
  }
  validity.extend(101);
  await waiting;
  expect(listeners()).toBe(0);
});
