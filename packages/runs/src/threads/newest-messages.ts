import type { Thread } from "@llamaagent/core";
import { PAGE_BYTES_MAX } from "../read-page.ts";
import { messageColumns, type MessageRow, toMessage } from "./message-row.ts";

/** SQL of a message's size, with what its ids and names come to; the lengths are known without the texts. */
export const messageBytes = `256 + octet_length(content) + coalesce(octet_length(tool_calls), 0) + coalesce(octet_length(metadata), 0)`;

export interface NewestMessageRow extends MessageRow {
  /** Messages in the range, also those that are left out. */
  total: number;
}

/**
 * SQL of a thread's newest messages that have at most 16 MiB together, of tenant `$1` and thread `$2`, whose
 * `seq` is as the condition says: the answer is in memory whole. The last is there whatever it has.
 */
export function newestMessages(condition: string): string {
  return `SELECT seq, ${messageColumns}, total FROM (
    SELECT *, count(*) OVER ()::int AS total, row_number() OVER newest AS place,
      sum(${messageBytes}) OVER newest AS bytes
    FROM messages WHERE tenant_id = $1 AND thread_id = $2 AND ${condition}
    WINDOW newest AS (ORDER BY seq DESC)) AS m
  WHERE bytes <= ${PAGE_BYTES_MAX} OR place = 1`;
}

/** In the order of the thread, with the number of those that are left out, if any. */
export function shownMessages(
  rows: readonly NewestMessageRow[],
): Pick<Thread, "messages" | "earlier_messages"> {
  const earlier = (rows[0]?.total ?? 0) - rows.length;
  return { messages: rows.map(toMessage), ...(earlier === 0 ? {} : { earlier_messages: earlier }) };
}
