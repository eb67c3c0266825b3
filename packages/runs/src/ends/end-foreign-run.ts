import {
  type Problem,
  type RunHint,
  type RunKey,
  RunUsage,
  type StoredEvent,
} from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { closeThread } from "./close-thread.ts";
import { endChange } from "./end-change.ts";
import { lastEventId } from "../reading/event-log.ts";
import { eventData } from "../event-data.ts";
import { lockThread } from "../threads/lock-thread.ts";
import { type RunEnd, terminalEvent } from "./run-end.ts";
import { type Column, unnestColumns } from "../unnest-columns.ts";
import { runColumns, type RunRow, toRun } from "../run-row.ts";
import { wakeWebhook } from "../webhooks/wake-webhook.ts";

/** A run that has no owner now, as seen by whoever ends it. */
export interface EndedByOther {
  event: StoredEvent;
  hints: RunHint[];
}

export interface EndForeignRun {
  run: RunKey;
  /** Only from here is the run ended; looked at once the row is locked. */
  from: {
    states: readonly ("queued" | "running" | "waiting")[];
    /** Its time is over: the sweeper's look is due. */
    overdue?: boolean;
    epoch?: number;
  };
  now: Date;
  /** The usage is what the run's events say of it. */
  end: { reason: "cancelled" } | { reason: "error" | "poisoned" | "timeout"; error: Problem };
  /** False: its thread has no word of it. */
  addsMessages?: boolean;
}

/**
 * Ends a run that the caller does not own: raises the epoch in the same UPDATE, so that an owner that
 * comes back is fenced off, and writes `<new epoch>-1`. Undefined where the run is not in such a state.
 */
export async function endForeignRun(
  tx: Tx,
  { run: { tenantId, runId }, from, now, addsMessages = true, ...options }: EndForeignRun,
): Promise<EndedByOther | undefined> {
  // Which thread to lock is immutable, so it may be read before the lock.
  const [found] = await tx.query<{ thread_id: string | null }>(
    `SELECT thread_id FROM runs WHERE tenant_id = $1 AND run_id = $2`,
    [tenantId, runId],
  );
  if (found === undefined) return undefined;
  if (found.thread_id !== null) await lockThread(tx, tenantId, found.thread_id);
  // Locked first, in a statement of its own: what is used is then read from a snapshot that holds the
  // last that the owner wrote.
  await tx.query(`SELECT FROM runs WHERE tenant_id = $1 AND run_id = $2 FOR UPDATE`, [
    tenantId,
    runId,
  ]);
  const end: RunEnd = { ...options.end, usage: await usageSoFar(tx, tenantId, runId) };
  const { set, given } = endChange({}, end);
  const values: unknown[] = [
    tenantId,
    runId,
    from.states,
    from.overdue ?? false,
    from.epoch ?? null,
  ];
  const columns = given.map(({ name, type, value }): Column => [name, type, [value]]);
  const [row] = await tx.query<RunRow & { epoch: number }>(
    `UPDATE runs SET ${set}, epoch = epoch + 1 FROM ${unnestColumns(columns, values, "given")}
     WHERE tenant_id = $1 AND run_id = $2 AND state = ANY($3::text[]) AND (NOT $4::boolean OR look_at < now() AND available_at IS NULL)
       AND epoch = coalesce($5::int, epoch)
     RETURNING ${runColumns}, runs.epoch`,
    values,
  );
  if (row === undefined) return undefined;
  const { type, data } = terminalEvent(end);
  const event = await writeEpochEvent(tx, tenantId, runId, row.epoch, { type, data, now });
  const run = toRun(row);
  const hints = await closeThread(tx, tenantId, run, end, { addsMessages });
  await wakeWebhook(tx, { tenantId, runId }, run);
  return { event, hints };
}

async function usageSoFar(tx: Tx, tenantId: string, runId: string): Promise<RunUsage> {
  const [row] = await tx.query<{ data: string }>(
    `SELECT data FROM run_events WHERE tenant_id = $1 AND run_id = $2 AND type = 'usage.updated'
     ORDER BY epoch DESC, seq DESC LIMIT 1`,
    [tenantId, runId],
  );
  return row ? RunUsage.parse(JSON.parse(row.data)) : { input_tokens: 0, output_tokens: 0 };
}

/** Writes `<epoch>-1` for whoever raised the epoch without owning the run. */
export async function writeEpochEvent(
  tx: Tx,
  tenantId: string,
  runId: string,
  epoch: number,
  {
    type,
    data,
    now,
    stepKey,
  }: { type: StoredEvent["type"]; data: object; now: Date; stepKey?: string },
): Promise<StoredEvent> {
  const after = (await lastEventId(tx, { tenantId, runId })) ?? "0-0";
  const text = eventData(runId, now, { ...data, after, restarted: [] });
  await tx.query(
    `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data, step_key) VALUES ($1, $2, $3, 1, $4, $5, $6)`,
    [tenantId, runId, epoch, type, text, stepKey ?? null],
  );
  return { id: `${epoch}-1`, type, data: text };
}
