import { describe, expect, it } from "vitest";
import { createSlots } from "./slots.ts";

const never = new AbortController().signal;

describe("slots", () => {
  it("are as many as asked for, and come back", async () => {
    const slots = createSlots(2);
    await slots.acquire(never);
    expect(slots.tryAcquire()).toBe(true);
    expect(slots.tryAcquire()).toBe(false);
    expect(slots.free).toBe(0);
    slots.release();
    expect(slots.free).toBe(1);
    expect(slots.tryAcquire()).toBe(true);
  });

  it("go to those who wait in the order of their coming, and to nobody in between", async () => {
    const slots = createSlots(1);
    await slots.acquire(never);
    const got: string[] = [];
    const waiting = ["a", "b"].map((who) => slots.acquire(never).then(() => got.push(who)));
    slots.release();
    expect(slots.tryAcquire()).toBe(false);
    await waiting[0];
    expect(got).toEqual(["a"]);
    slots.release();
    await waiting[1];
    expect(slots.free).toBe(0);
    slots.release();
    expect(slots.free).toBe(1);
  });

  it("are not lost with a waiter that gave up", async () => {
    const slots = createSlots(1);
    await slots.acquire(never);
    const abort = new AbortController();
    const given = slots.acquire(abort.signal);
    const next = slots.acquire(never);
    abort.abort(new Error("gave up"));
    await expect(given).rejects.toThrow("gave up");
    slots.release();
    await next;
    slots.release();
    expect(slots.free).toBe(1);
    await expect(slots.acquire(abort.signal)).rejects.toThrow("gave up");
    expect(slots.free).toBe(1);
  });
});
