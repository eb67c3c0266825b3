import { describe, expect, it } from "vitest";
import { readBody } from "./read-body.ts";

async function* inChunksOf(size: number, bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
const counted = (length: number) => Buffer.alloc(length).map((_byte, n) => n % 251);

describe("readBody", () => {
  it.each([undefined, 100_000, 1])(
    "joins chunks of one byte, %s bytes declared",
    async (declared) => {
      const sent = counted(100_000);
      const read = await readBody(inChunksOf(1, sent), {
        maxBytes: 200_000,
        declaredBytes: declared,
      });
      expect(read.equals(sent)).toBe(true);
    },
  );

  it("keeps no chunk: one that its sender writes over changes nothing", async () => {
    async function* reused(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.alloc(1);
      for (const letter of "llama") {
        chunk.write(letter);
        yield chunk;
      }
    }
    expect((await readBody(reused(), { maxBytes: 5 })).toString()).toBe("llama");
  });

  it("takes 16 KiB, then room for twice what came, never more than what is declared or the limit", async () => {
    const room = async (length: number, declared?: number) =>
      (
        await readBody(inChunksOf(1, counted(length)), {
          maxBytes: 50_000,
          declaredBytes: declared,
        })
      ).buffer.byteLength;
    expect(await room(1)).toBe(16_384);
    expect(await room(16_385)).toBe(32_770);
    expect(await room(32_771)).toBe(50_000);
    expect(await room(20_000, 20_000)).toBe(20_000);
    expect(await room(5, 5)).toBe(5);
    // What is declared and not sent takes none.
    expect(await room(1, 50_000)).toBe(16_384);
  });

  it("says what it holds before it takes it: while it grows, the old room and the new", async () => {
    const held: number[] = [];
    const hold = (bytes: number) => void held.push(bytes);
    await readBody(inChunksOf(1, counted(40_000)), { maxBytes: 50_000, hold });
    expect(held).toEqual([16_384, 16_384, 16_384 + 32_770, 32_770, 32_770 + 50_000, 50_000]);
  });

  it("takes a body of the limit and refuses one byte more, sent or declared", async () => {
    const tooLarge = { code: "payload_too_large" };
    expect(await readBody(inChunksOf(4, counted(10)), { maxBytes: 10 })).toHaveLength(10);
    await expect(readBody(inChunksOf(4, counted(11)), { maxBytes: 10 })).rejects.toMatchObject(
      tooLarge,
    );
    await expect(
      readBody(inChunksOf(4, counted(1)), { maxBytes: 10, declaredBytes: 11 }),
    ).rejects.toMatchObject(tooLarge);
  });

  it("fails as the body fails", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield counted(3);
      throw new Error("aborted");
    }
    await expect(readBody(broken(), { maxBytes: 10 })).rejects.toThrow("aborted");
  });
});
