import {
  AppError,
  type Effect,
  type Json,
  type Message,
  type Principal,
  type Run,
  type RunStep,
} from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { inputMessages } from "./input-messages.ts";
import { messageColumns, type MessageRow, toMessage } from "./threads/message-row.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";
import type { RunsContext } from "./runs-context.ts";

export async function findRun(tx: TenantTx, runId: string): Promise<Run> {
  const [row] = await tx.query<RunRow>(
    `SELECT ${runColumns} FROM runs WHERE tenant_id = $1 AND run_id = $2`,
    [tx.tenantId, runId],
  );
  if (row === undefined) throw new AppError("not_found", { detail: "There is no such run" });
  return toRun(row);
}

/** Error: `not_found`, also for another tenant's run. */
export async function getRun(
  context: Pick<RunsContext, "db">,
  principal: Principal,
  runId: string,
): Promise<Run> {
  return context.db.tenant(principal.tenantId, (tx) => findRun(tx, runId));
}

interface StepRow {
  step_key: string;
  kind: RunStep["kind"];
  name: string | null;
  effect: Effect;
  state: RunStep["state"];
  result: string | null;
  started_at: Date;
  ended_at: Date | null;
}

/** The steps of a run, in the order in which they began. A result over 256 KiB is left out. */
export async function listRunSteps(
  context: Pick<RunsContext, "db">,
  principal: Principal,
  runId: string,
): Promise<RunStep[]> {
  return context.db.tenant(principal.tenantId, async (tx) => {
    await findRun(tx, runId);
    const rows = await tx.query<StepRow>(
      `SELECT step_key, kind, name, effect, state, result, started_at, ended_at FROM run_steps
       WHERE tenant_id = $1 AND run_id = $2 ORDER BY started_at, step_key`,
      [tx.tenantId, runId],
    );
    return rows.map((row) => ({
      step_key: row.step_key,
      kind: row.kind,
      ...(row.name === null ? {} : { name: row.name }),
      effect: row.effect,
      state: row.state,
      ...(row.result === null ? {} : { result: JSON.parse(row.result) as Json }),
      started_at: row.started_at.toISOString(),
      ...(row.ended_at === null ? {} : { ended_at: row.ended_at.toISOString() }),
    }));
  });
}

/** Of a run without a thread; text that was written by JSON.stringify. */
async function producedMessages(tx: TenantTx, runId: string): Promise<Message[]> {
  const [row] = await tx.query<{ produced: string | null }>(
    `SELECT produced FROM runs WHERE tenant_id = $1 AND run_id = $2`,
    [tx.tenantId, runId],
  );
  return JSON.parse(row?.produced ?? "[]") as Message[];
}

/** Input and output messages of an ended run; of one that has not ended, its input. */
export async function runMessages(
  context: Pick<RunsContext, "db">,
  principal: Principal,
  run: Run,
): Promise<Message[]> {
  const input = inputMessages(run);
  if (run.state !== "ended") return input;
  return context.db.tenant(principal.tenantId, async (tx) => {
    if (run.thread_id === undefined) return [...input, ...(await producedMessages(tx, run.run_id))];
    const rows = await tx.query<MessageRow>(
      `SELECT ${messageColumns} FROM messages
       WHERE tenant_id = $1 AND thread_id = $2 AND run_id = $3 ORDER BY seq`,
      [tx.tenantId, run.thread_id, run.run_id],
    );
    return rows.map(toMessage);
  });
}
