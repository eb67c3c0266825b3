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

/** Runs of one tenant; `not_found` in the place of one that is not there. */
export async function readRuns(
  tx: TenantTx,
  runIds: readonly string[],
): Promise<(RunWithMessages | AppError)[]> {
  const rows = await tx.query<RunRow & { produced: string | null }>(
    `SELECT ${runColumns}, produced FROM runs WHERE tenant_id = $1 AND run_id = ANY($2::uuid[])`,
    [tx.tenantId, runIds],
  );
  const byRun = new Map(rows.map((row) => [row.run_id, row]));
  const found: (RunWithMessages | AppError)[] = [];
  for (const runId of runIds) {
    const row = byRun.get(runId);
    found.push(row === undefined ? noSuchRun() : await withMessages(tx, row));
  }
  return found;
}

async function withMessages(
  tx: TenantTx,
  row: RunRow & { produced: string | null },
): Promise<RunWithMessages> {
  const run = toRun(row);
  const input = inputMessages(run);
  if (run.state !== "ended") return { run, messages: input };
  if (run.thread_id === undefined) {
    // Text that was written by JSON.stringify.
    const produced = JSON.parse(row.produced ?? "[]") as Message[];
    return { run, messages: [...input, ...produced] };
  }
  const rows = await tx.query<MessageRow>(
    `SELECT ${messageColumns} FROM messages
     WHERE tenant_id = $1 AND thread_id = $2 AND run_id = $3 ORDER BY seq`,
    [tx.tenantId, run.thread_id, run.run_id],
  );
  return { run, messages: rows.map(toMessage) };
}
