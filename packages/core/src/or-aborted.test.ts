import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { orAborted } from "./or-aborted.ts";

describe("orAborted", () => {
  it("passes on what the promise becomes, and leaves no listener", async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(orAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("rejects with the reason of a signal that aborts first, or was aborted", async () => {
    const controller = new AbortController();
    const never = new Promise<never>(() => {});
    const waiting = orAborted(never, controller.signal);
    controller.abort("reason");
    await expect(waiting).rejects.toBe("reason");
    await expect(orAborted(never, controller.signal)).rejects.toBe("reason");
  });
});
