import { expect, it } from "vitest";
import { childMemory } from "./child-memory.ts";

it("is half of what there is, at most 1 GiB, half of that for objects", () => {
  expect(childMemory(512 * 2 ** 20)).toEqual({ rssBytesMax: 256 * 2 ** 20, heapMebibytes: 128 });
  expect(childMemory(64 * 2 ** 30)).toEqual({ rssBytesMax: 2 ** 30, heapMebibytes: 512 });
});
