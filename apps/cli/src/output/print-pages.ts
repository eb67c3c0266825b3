import type { PageOptions } from "../arguments/page-options.ts";
import type { Remote } from "../remote.ts";
import { createProgress } from "./progress.ts";
import { type Column, table } from "./table.ts";

export interface Page<Item> {
  items: readonly Item[];
  next_cursor?: string | undefined;
}

export interface Listing<Item> {
  /** Of what it lists, in the plural. */
  noun: string;
  /** Items that the server gives at most at once. */
  maxPage: number;
  columns: readonly Column<Item>[];
  page: (cursor: string | undefined, limit: number) => Promise<Page<Item>>;
}

/** A line of JSON for each item as it comes, or a table of them. */
export async function printPages<Item>(
  { terminal, isJson }: Remote,
  { limit, all }: PageOptions,
  { noun, maxPage, columns, page }: Listing<Item>,
): Promise<void> {
  const progress = createProgress(terminal, noun);
  const rows: Item[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const { items, next_cursor: next } = await page(
      cursor,
      all ? maxPage : Math.min(maxPage, limit - count),
    );
    for (const item of items)
      if (isJson) terminal.out(`${JSON.stringify(item)}\n`);
      else rows.push(item);
    count += items.length;
    cursor = next;
    if (cursor !== undefined && all) progress.at(count);
  } while (cursor !== undefined && (all || count < limit));
  if (isJson) return;
  if (count === 0) terminal.note(`no ${noun}\n`);
  else terminal.out(table(rows, columns, terminal.columns));
  if (cursor !== undefined) terminal.note("… there may be more: --limit or --all\n", "dim");
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
