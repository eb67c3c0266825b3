import { expect, it } from "vitest";
import { childMemory } from "./child-memory.ts";

it("is half of what there is, from 512 MiB to 1 GiB, half of that for objects", () => {
  expect(childMemory(1_500 * 2 ** 20)).toEqual({ rssBytesMax: 750 * 2 ** 20, heapMebibytes: 375 });
  expect(childMemory(512 * 2 ** 20)).toEqual({ rssBytesMax: 512 * 2 ** 20, heapMebibytes: 256 });
  expect(childMemory(64 * 2 ** 30)).toEqual({ rssBytesMax: 2 ** 30, heapMebibytes: 512 });
});
