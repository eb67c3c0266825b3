import type { Message, Run, RunHint, StoredEvent } from "@llamaagent/core";
import type { SystemTx, Tx } from "@llamaagent/db";
import type { Fence } from "./claim-run.ts";
import { eventData } from "./event-data.ts";
import { inputMessages } from "./input-messages.ts";
import { lockThread, releaseThread } from "./release-thread.ts";
import { messagesAfter, type RunEnd, terminalEvent, threadStatusAfter } from "./run-end.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";
import { storableText } from "./storable-text.ts";
import { type RunBatch, type RunChange, writeRun } from "./write-run.ts";

const ENDED = `state = 'ended', owner = NULL, blocked = false, look_at = NULL, hint_due_at = NULL, ended_at = now()`;

function change(end: RunEnd, from: number): RunChange {
  const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((n) => `$${from + n}`);
  return {
    set: `${ENDED}, stop_reason = ${a}, output = ${b}, error = ${c}, input_tokens = ${d}, output_tokens = ${e}`,
    values: [
      end.reason,
      "output" in end ? JSON.stringify(end.output) : null,
      "error" in end ? JSON.stringify(end.error) : null,
      end.usage.input_tokens,
      end.usage.output_tokens,
    ],
  };
}

/** The owner ends its run: row, last events, thread and messages are one commit. Throws `RunLost`. */
export async function endOwnRun(
  tx: SystemTx,
  fence: Fence,
  run: Run,
  batch: RunBatch,
  end: RunEnd,
): Promise<RunHint[]> {
  if (run.thread_id !== undefined) await lockThread(tx, fence.tenantId, run.thread_id);
  await writeRun(tx, fence, batch, change(end, 5));
  return closeThread(tx, fence.tenantId, run, end);
}

/** A run that has no owner now, as seen by whoever ends it. */
export interface EndedByOther {
  event: StoredEvent;
  hints: RunHint[];
}

/**
 * Ends a run that the caller does not own: raises the epoch in the same UPDATE, so that an owner that
 * comes back is fenced off, and writes `<new epoch>-1`. Undefined where the run is in none of the states.
 */
export async function endForeignRun(
  tx: Tx,
  tenantId: string,
  runId: string,
  states: readonly ("queued" | "running" | "waiting")[],
  now: Date,
  end: RunEnd,
): Promise<EndedByOther | undefined> {
  // Which thread to lock is immutable, so it may be read before the lock.
  const [found] = await tx.query<{ thread_id: string | null }>(
    `SELECT thread_id FROM runs WHERE tenant_id = $1 AND run_id = $2`,
    [tenantId, runId],
  );
  if (found === undefined) return undefined;
  if (found.thread_id !== null) await lockThread(tx, tenantId, found.thread_id);
  const { set, values } = change(end, 4);
  const [row] = await tx.query<RunRow & { epoch: number }>(
    `UPDATE runs SET ${set}, epoch = epoch + 1, updated_at = now()
     WHERE tenant_id = $1 AND run_id = $2 AND state = ANY($3::text[]) RETURNING ${runColumns}, runs.epoch`,
    [tenantId, runId, states, ...values],
  );
  if (row === undefined) return undefined;
  const { type, data } = terminalEvent(end);
  const event = await writeEpochEvent(tx, tenantId, runId, row.epoch, { type, data, now });
  return { event, hints: await closeThread(tx, tenantId, toRun(row), end) };
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
  const [last] = await tx.query<{ id: string }>(
    `SELECT epoch || '-' || seq AS id FROM run_events WHERE tenant_id = $1 AND run_id = $2
     ORDER BY epoch DESC, seq DESC LIMIT 1`,
    [tenantId, runId],
  );
  const text = eventData(runId, now, { ...data, after: last?.id ?? "0-0", restarted: [] });
  await tx.query(
    `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data, step_key) VALUES ($1, $2, $3, 1, $4, $5, $6)`,
    [tenantId, runId, epoch, type, text, stepKey ?? null],
  );
  return { id: `${epoch}-1`, type, data: text };
}

async function closeThread(tx: Tx, tenantId: string, run: Run, end: RunEnd): Promise<RunHint[]> {
  if (run.thread_id === undefined) return [];
  const messages = [...inputMessages(run), ...messagesAfter(end)];
  await insertMessages(tx, tenantId, run.thread_id, run.run_id, messages);
  return releaseThread(tx, {
    tenantId,
    threadId: run.thread_id,
    runId: run.run_id,
    status: threadStatusAfter(end),
  });
}

/** All of a run's messages are inserted together, so turns never interleave. */
async function insertMessages(
  tx: Tx,
  tenantId: string,
  threadId: string,
  runId: string,
  messages: readonly Message[],
): Promise<void> {
  await tx.query(
    `INSERT INTO messages (tenant_id, thread_id, seq, run_id, message_id, role, content, tool_calls, tool_call_id, metadata)
     SELECT $1, $2, (SELECT coalesce(max(seq), 0) FROM messages WHERE tenant_id = $1 AND thread_id = $2) + m.n, $3,
       m.message_id, m.role, m.content, m.tool_calls, m.tool_call_id, m.metadata
     FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) WITH ORDINALITY
       AS m (message_id, role, content, tool_calls, tool_call_id, metadata, n)`,
    [
      tenantId,
      threadId,
      runId,
      messages.map((m, index) => storableText(m.id ?? `${runId}:${index}`)),
      messages.map((m) => m.role),
      messages.map((m) => JSON.stringify(m.content)),
      messages.map((m) => (m.tool_calls ? JSON.stringify(m.tool_calls) : null)),
      messages.map((m) => (m.tool_call_id === undefined ? null : storableText(m.tool_call_id))),
      messages.map((m) => (m.metadata ? JSON.stringify(m.metadata) : null)),
    ],
  );
}
