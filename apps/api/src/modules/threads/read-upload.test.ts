import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createUploadReader } from "./read-upload.ts";

const limits = { maxBytes: 10, maxBytesTogether: 15 };
const chunk = (length: number): Uint8Array => new Uint8Array(length).fill(7);

/** Hands back what was read. */
const store = async (bytes: Buffer): Promise<Buffer> => bytes;

async function* body(...lengths: number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield chunk(length);
}

describe("createUploadReader", () => {
  it("joins the chunks", async () => {
    expect(await createUploadReader(limits).read(body(4, 6), { store })).toEqual(
      Buffer.alloc(10, 7),
    );
    expect(await createUploadReader(limits).read(body(), { store })).toHaveLength(0);
  });

  it("refuses one byte too many", async () => {
    await expect(createUploadReader(limits).read(body(4, 7), { store })).rejects.toMatchObject({
      code: "payload_too_large",
    });
  });

  it("refuses what would not fit beside the uploads under way, and has room again after them", async () => {
    const reader = createUploadReader(limits);
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield chunk(9);
      await gate;
    }
    const first = reader.read(slow(), { store });
    await Promise.resolve();
    await expect(reader.read(body(9), { store })).rejects.toMatchObject({
      code: "service_unavailable",
      retryAfterSeconds: 1,
    });
    openGate();
    expect(await first).toHaveLength(9);
    expect(await reader.read(body(9), { store })).toHaveLength(9);
  });

  it("counts what was read until it is stored, or could not be", async () => {
    const reader = createUploadReader(limits);
    for (const outcome of [() => "stored", () => Promise.reject(new Error("not stored"))]) {
      const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
      const storing = reader.read(body(9), { store: () => gate.then<unknown>(outcome) });
      await nextTurn();
      await expect(reader.read(body(9), { store })).rejects.toMatchObject({
        code: "service_unavailable",
      });
      openGate();
      await Promise.allSettled([storing]);
      expect(await reader.read(body(9), { store })).toHaveLength(9);
    }
  });

  it("counts the memory that uploads have taken, not what they declare or have filled", async () => {
    const mebibyte = 2 ** 20;
    const reader = createUploadReader({ maxBytes: mebibyte, maxBytesTogether: mebibyte });
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield chunk(1);
      await gate;
    }
    // Each has taken 16 KiB: 64 of them all that there is.
    const reading = Array.from({ length: 65 }, () =>
      reader.read(slow(), { declaredBytes: mebibyte, store }),
    );
    openGate();
    const outcomes = await Promise.allSettled(reading);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 64 }, () => "fulfilled"),
      "rejected",
    ]);
    expect(await reader.read(body(300_000), { declaredBytes: 300_000, store })).toHaveLength(
      300_000,
    );
  });

  it("gives back the room of an upload that broke off", async () => {
    const reader = createUploadReader(limits);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield chunk(9);
      throw new Error("aborted");
    }
    for (let n = 0; n < 3; n += 1)
      await expect(reader.read(broken(), { store })).rejects.toThrow("aborted");
    expect(await reader.read(body(9), { store })).toHaveLength(9);
  });
});
