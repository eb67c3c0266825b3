import { LlamaAgentError } from "@llamaagent/client";
import { expect, it } from "vitest";
import { pageOf, readPages } from "./read-pages.ts";

/** A list of numbers that gives at most so many at once, refusing more as the server does. */
function listOf({ count, atOnce }: { count: number; atOnce: number }) {
  const asked: number[] = [];
  const read = async (cursor: string | undefined, limit: number) => {
    asked.push(limit);
    if (limit > atOnce)
      throw new LlamaAgentError("invalid_request", {
        status: 422,
        detail: "The request is not valid",
        errors: [
          { pointer: "/limit", message: "asks for more than 16 MiB of runs: ask for fewer" },
        ],
      });
    const first = Number(cursor ?? 0);
    const items = Array.from({ length: Math.min(limit, count - first) }, (_, n) => first + n);
    return pageOf(items, { limit, next: (last) => String(last + 1) });
  };
  return { asked, read };
}

async function itemsOf(list: ReturnType<typeof listOf>, itemsMax?: number): Promise<number[]> {
  const items: number[] = [];
  for await (const page of readPages(list.read, itemsMax)) items.push(...page.items);
  return items;
}

it("asks for 100 at once, and for no more than are wanted", async () => {
  const list = listOf({ count: 250, atOnce: 100 });
  expect(await itemsOf(list, 120)).toEqual(Array.from({ length: 120 }, (_, n) => n));
  expect(list.asked).toEqual([100, 20]);
  expect(await itemsOf(list)).toHaveLength(250);
});

it("asks for fewer where the server refuses a page as too large, and has each once", async () => {
  const list = listOf({ count: 7, atOnce: 3 });
  expect(await itemsOf(list)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(list.asked).toEqual([100, 50, 25, 12, 6, 3, 3, 3]);
});

it("gives up where one alone is refused, or for another reason", async () => {
  const list = listOf({ count: 7, atOnce: 0 });
  await expect(itemsOf(list, 1)).rejects.toThrow("not valid");
  expect(list.asked).toEqual([1]);
  const away = () => Promise.reject(new LlamaAgentError("connection_failed", { detail: "away" }));
  await expect(readPages(away).next()).rejects.toThrow("away");
});
