import { isAppError } from "@llamaagent/core";
import type { Envelope } from "./envelope.ts";
import { isSealed } from "./sealed-text.ts";
import type { ValueContext } from "./value-context.ts";

interface SealedRow {
  /** Of the row, by which all rows are in one order. */
  id: string;
  /** A sealed value or a wrapped data key; or a plain text that is to be sealed. */
  stored: string;
  context: ValueContext;
}

interface Rewrapped {
  id: string;
  /** As it was read. */
  from: string;
  to: string;
}

/** What a table keeps sealed; its package has the adapter. */
export interface SealedRows {
  /** The rows after this id, in the order of ids, as many as the adapter likes; none: there are no more. */
  page(after: string | undefined): Promise<SealedRow[]>;
  /** Changes those that still are as they were read; how many that were. */
  replace(rows: readonly Rewrapped[]): Promise<number>;
}

export interface RewrapReport {
  /** Had the data key wrapped by another master key. */
  rewrapped: number;
  /** Were plain. */
  sealed: number;
  /** Were as they are to be. */
  current: number;
  /** Were changed by somebody else between reading and writing, or removed. */
  changed: number;
  /** Cannot be opened, and are left as they are. */
  unreadable: number;
}

export interface RewrapOptions {
  /** Goes on behind it; a new pass passes over what is done, too, but reads it. */
  after?: string;
  /** After each page: the rows so far, and the last one's id. */
  onPage?: (report: RewrapReport, last: string) => void;
  onUnreadable?: (row: SealedRow, error: Error) => void;
  /** Ends it between two pages. */
  signal?: AbortSignal;
}

/**
 * Wraps the data keys of all rows with the current master key, and seals what is plain, while others read and
 * write them. A page that was written stays written, so whatever ends it, it is begun again and comes further.
 * Errors: `not_available` where there is no master key; those of the rows; the signal's reason.
 */
export async function rewrapAll(
  rows: SealedRows,
  envelope: Envelope,
  options: RewrapOptions = {},
): Promise<RewrapReport> {
  const { onPage, onUnreadable, signal } = options;
  const report = { rewrapped: 0, sealed: 0, current: 0, changed: 0, unreadable: 0 };
  let { after } = options;
  for (;;) {
    signal?.throwIfAborted();
    const page = await rows.page(after);
    const last = page.at(-1);
    if (last === undefined) return report;
    const changes = { rewrapped: [] as Rewrapped[], sealed: [] as Rewrapped[] };
    for (const row of page) {
      const { id, stored: from, context } = row;
      try {
        const to = isSealed(from) ? envelope.rewrap(from, context) : envelope.seal(from, context);
        if (to === undefined) report.current += 1;
        else changes[isSealed(from) ? "rewrapped" : "sealed"].push({ id, from, to });
      } catch (error) {
        if (!isAppError(error, "unreadable")) throw error;
        report.unreadable += 1;
        onUnreadable?.(row, error);
      }
    }
    for (const kind of ["rewrapped", "sealed"] as const) {
      const replaced = changes[kind].length === 0 ? 0 : await rows.replace(changes[kind]);
      report[kind] += replaced;
      report.changed += changes[kind].length - replaced;
    }
    after = last.id;
    onPage?.(report, after);
  }
}
