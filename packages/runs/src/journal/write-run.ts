import type { Effect, StoredEvent } from "@llamaagent/core";
import { parseEventId } from "@llamaagent/core";
import type { SystemTx } from "@llamaagent/db";
import { storeResult } from "../blobs/blobs.ts";
import type { Fence } from "../claim-run.ts";

/** Somebody else acts on the run now; whatever this owner still does is not written. */
export class RunLost extends Error {
  constructor() {
    super("the run has another owner");
    this.name = "RunLost";
  }
}

export interface RecordedEvent extends StoredEvent {
  stepKey?: string;
  /** The place between steps by which a replay finds the event again. */
  place?: { scope: string; ordinal: number };
}

export interface RecordedStep {
  key: string;
  kind: "model" | "tool";
  name: string;
  effect: Effect;
  state: "intent" | "done" | "unknown";
  inputHash: string;
  /** JSON text. */
  result?: string;
  startedAt: Date;
  endedAt?: Date;
}

/** What one commit of an owner stores. */
export interface RunBatch {
  /** All buffered events, in id order: the stored log is a prefix of what happened. */
  events: RecordedEvent[];
  /** One entry per key. */
  steps: RecordedStep[];
}

export interface RunChange {
  /** Assignments to columns of `runs`, whose values begin at `$5`. */
  set: string;
  values: readonly unknown[];
}

/**
 * Stores a batch under the owner's fence, in one statement, with the change to the run's row where there
 * is one; the same batch again, where the outcome of its first commit is not known. Intents are left out where the run's cancellation was requested; the answer says so.
 * Throws `RunLost`.
 */
export async function writeRun(
  tx: SystemTx,
  fence: Fence,
  batch: RunBatch,
  change?: RunChange,
): Promise<{ cancelRequested: boolean }> {
  const values: unknown[] = [fence.tenantId, fence.runId, fence.epoch, fence.owner];
  const fenced = `tenant_id = $1 AND run_id = $2 AND epoch = $3 AND owner = $4`;
  const returned = `tenant_id, run_id, cancel_requested_at IS NOT NULL AS cancel_requested`;
  const live = change
    ? `UPDATE runs SET ${change.set} WHERE ${fenced} RETURNING ${returned}`
    : // The lock alone fences: a claim waits for it, and no new row version is written.
      `SELECT ${returned} FROM runs WHERE ${fenced} FOR NO KEY UPDATE`;
  if (change) values.push(...change.values);
  const parts = [`live AS (${live})`];
  const columns = (lists: readonly (readonly [string, readonly unknown[]])[]): string =>
    lists
      .map(([type, list]) => {
        values.push(list);
        return `$${values.length}::${type}[]`;
      })
      .join(", ");

  if (batch.steps.length > 0) {
    const results = await Promise.all(
      batch.steps.map(({ result }) => storeResult(tx, fence.tenantId, result)),
    );
    const { steps } = batch;
    parts.push(`steps AS (
      INSERT INTO run_steps (tenant_id, run_id, epoch, step_key, kind, name, effect, state, input_hash, result, result_sha256, started_at, ended_at)
      SELECT live.tenant_id, live.run_id, $3, step.* FROM live, unnest(${columns([
        ["text", steps.map((s) => s.key)],
        ["text", steps.map((s) => s.kind)],
        ["text", steps.map((s) => s.name)],
        ["text", steps.map((s) => s.effect)],
        ["text", steps.map((s) => s.state)],
        ["text", steps.map((s) => s.inputHash)],
        ["text", results.map((r) => r.text)],
        ["text", results.map((r) => r.sha256)],
        ["timestamptz", steps.map((s) => s.startedAt.toISOString())],
        ["timestamptz", steps.map((s) => s.endedAt?.toISOString() ?? null)],
      ])}) AS step (key, kind, name, effect, state, input_hash, result, result_sha256, started_at, ended_at)
      WHERE NOT (live.cancel_requested AND step.state = 'intent')
      ON CONFLICT (tenant_id, run_id, step_key) DO UPDATE SET state = excluded.state, result = excluded.result,
        result_sha256 = excluded.result_sha256, epoch = excluded.epoch, ended_at = excluded.ended_at)`);
  }
  if (batch.events.length > 0) {
    const { events } = batch;
    const ids = events.map((e) => parseEventId(e.id));
    parts.push(`events AS (
      INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data, step_key, scope, ordinal)
      SELECT live.tenant_id, live.run_id, $3, event.* FROM live, unnest(${columns([
        ["int", ids.map((id) => id?.seq)],
        ["text", events.map((e) => e.type)],
        ["text", events.map((e) => e.data)],
        ["text", events.map((e) => e.stepKey ?? null)],
        ["text", events.map((e) => e.place?.scope ?? null)],
        ["int", events.map((e) => e.place?.ordinal ?? null)],
      ])}) AS event (seq, type, data, step_key, scope, ordinal)
      ON CONFLICT DO NOTHING)`);
  }
  const [row] = await tx.query<{ cancel_requested: boolean }>(
    `WITH ${parts.join(", ")} SELECT cancel_requested FROM live`,
    values,
  );
  if (row === undefined) throw new RunLost();
  return { cancelRequested: row.cancel_requested };
}
