import type { AppError, Message, Run } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { noSuchRun } from "./get-run.ts";
import { inputMessages } from "./input-messages.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";
import { messageColumns, type MessageRow, toMessage } from "./threads/message-row.ts";

/** A run with its input and, once it has ended, its output messages. */
export interface RunWithMessages {
  run: Run;
  messages: Message[];
}

interface ReadRow extends RunRow {
  produced: string | null;
  /** Of an ended run of a thread. */
  messages_of_thread: MessageRow[] | null;
}

/** Runs of one tenant, in one statement; `not_found` in the place of one that is not there. */
export async function readRuns(
  tx: TenantTx,
  runIds: readonly string[],
): Promise<(RunWithMessages | AppError)[]> {
  const rows = await tx.query<ReadRow>(
    `SELECT ${runColumns}, produced,
       (SELECT json_agg(m ORDER BY m.seq) FROM (
          SELECT seq, ${messageColumns} FROM messages m
          WHERE runs.state = 'ended' AND m.tenant_id = runs.tenant_id AND m.thread_id = runs.thread_id
            AND m.run_id = runs.run_id AND NOT m.copied) AS m) AS messages_of_thread
     FROM runs WHERE tenant_id = $1 AND run_id = ANY($2::uuid[])`,
    [tx.tenantId, runIds],
    { isLast: true },
  );
  const byRun = new Map(rows.map((row) => [row.run_id, row]));
  return runIds.map((runId) => {
    const row = byRun.get(runId);
    return row === undefined ? noSuchRun() : withMessages(row);
  });
}

function withMessages(row: ReadRow): RunWithMessages {
  const run = toRun(row);
  // One that was ended without a word in its thread has none there.
  if (run.state === "ended" && row.messages_of_thread !== null)
    return { run, messages: row.messages_of_thread.map(toMessage) };
  const input = inputMessages(run);
  // Text that was written by JSON.stringify.
  const produced = run.state === "ended" ? (JSON.parse(row.produced ?? "[]") as Message[]) : [];
  return { run, messages: [...input, ...produced] };
}
