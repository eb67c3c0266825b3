import { isLlamaAgentError } from "@llamaagent/client";

export interface Page<Item> {
  items: readonly Item[];
  next_cursor?: string | undefined;
}

export type ReadPage<Item> = (cursor: string | undefined, limit: number) => Promise<Page<Item>>;

/** Every list gives so many at once. */
const PAGE_ITEMS = 100;

/** At most so many items, page by page; smaller pages where the server refuses one as too large. */
export async function* readPages<Item>(
  read: ReadPage<Item>,
  itemsMax = Infinity,
): AsyncGenerator<Page<Item>> {
  let pageItems = PAGE_ITEMS;
  let left = itemsMax;
  let cursor: string | undefined;
  for (;;) {
    const limit = Math.min(pageItems, left);
    const page = await read(cursor, limit).catch((error: unknown) => {
      if (limit === 1 || !isAboutLimit(error)) throw error;
    });
    if (page === undefined) {
      pageItems = Math.floor(limit / 2);
      continue;
    }
    yield page;
    left -= page.items.length;
    cursor = page.next_cursor;
    if (cursor === undefined || left <= 0) return;
  }
}

function isAboutLimit(error: unknown): boolean {
  return isLlamaAgentError(error) && error.errors.some(({ pointer }) => pointer === "/limit");
}

/** The page of an endpoint that answers with the items alone: another may follow a full one. */
export function pageOf<Item>(
  items: readonly Item[],
  { limit, next }: { limit: number; next: (last: Item) => string },
): Page<Item> {
  const last = items.at(-1);
  return last === undefined || items.length < limit
    ? { items }
    : { items, next_cursor: next(last) };
}
