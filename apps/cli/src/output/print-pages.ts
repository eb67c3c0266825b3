import type { PageOptions } from "../arguments/page-options.ts";
import { type ReadPage, readPages } from "../read-pages.ts";
import type { Remote } from "../remote.ts";
import { createProgress } from "./progress.ts";
import { type Column, table } from "./table.ts";

export interface Listing<Item> {
  /** Of what it lists, in the plural. */
  noun: string;
  columns: readonly Column<Item>[];
  page: ReadPage<Item>;
}

/** A line of JSON for each item as it comes, or a table of them. */
export async function printPages<Item>(
  { terminal, isJson }: Remote,
  { limit, all }: PageOptions,
  { noun, columns, page }: Listing<Item>,
): Promise<void> {
  const progress = createProgress(terminal, noun);
  const rows: Item[] = [];
  let count = 0;
  let hasMore = false;
  for await (const { items, next_cursor: next } of readPages(page, all ? Infinity : limit)) {
    for (const item of items)
      if (isJson) terminal.out(`${JSON.stringify(item)}\n`);
      else rows.push(item);
    count += items.length;
    hasMore = next !== undefined;
    if (hasMore && all) progress.at(count);
  }
  if (isJson) return;
  if (count === 0) terminal.note(`no ${noun}\n`);
  else terminal.out(table(rows, columns, terminal.columns));
  if (hasMore) terminal.note("… there may be more: --limit or --all\n", "dim");
}
