import type { Effect, StoredEvent } from "@llamaagent/core";
import { isoText, parseEventId } from "@llamaagent/core";
import type { SystemTx } from "@llamaagent/db";
import { storeResult } from "../blobs/blobs.ts";
import type { Fence } from "../claim-run.ts";
import { type Column, columnNames, unnestColumns } from "../unnest-columns.ts";

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
  /** The outcome of an earlier commit of it is not known: events that are stored already are passed over. */
  mayBeStored?: boolean;
}

/** A change of a run's row: equal for many runs, but for the values. */
export interface RunChange {
  /** Assignments to columns of `runs`; `given.<name>` is a value. */
  set: string;
  given: readonly { name: string; type: string; value: unknown }[];
}

export interface RunWrite {
  fence: Fence;
  batch: RunBatch;
}

interface Written {
  cancelRequested: boolean;
}

/**
 * Stores what owners have to store of their runs, each under its own fence, in one statement (a run may
 * come twice, where its owner before has not learned yet that it is lost). `change`: of the same kind for all of them.
 * Intents are left out where the run's cancellation was requested; the answer says so. Undefined for a
 * run that is lost: its neighbours are stored nevertheless. `isLast` as in `Tx.query`.
 */
export async function writeRuns(
  tx: SystemTx,
  writes: readonly (RunWrite & { change?: RunChange })[],
  { isLast = false } = {},
): Promise<(Written | undefined)[]> {
  const values: unknown[] = [];
  const fences = writes.map(({ fence }) => fence);
  const change = writes[0]?.change;
  const given: Column[] = [
    ["tenant_id", "uuid", fences.map(({ tenantId }) => tenantId)],
    ["run_id", "uuid", fences.map(({ runId }) => runId)],
    ["epoch", "int", fences.map(({ epoch }) => epoch)],
    ["owner", "uuid", fences.map(({ owner }) => owner)],
    ["write", "int", fences.map((_, index) => index + 1)],
    ...(change?.given ?? []).map(({ name, type }, index): Column => [
      name,
      type,
      writes.map((write) => write.change?.given[index]?.value),
    ]),
  ];
  // The first three of `given` again, by a row's number: Postgres would look through all of `live` for each row of a join.
  const ofWrite = "($1::uuid[])[write], ($2::uuid[])[write], ($3::int[])[write]";
  // An array is looked at once for all rows.
  const isLive = "write = ANY (ARRAY(SELECT write FROM live))";
  const fenced = `runs.tenant_id = given.tenant_id AND runs.run_id = given.run_id
    AND runs.epoch = given.epoch AND runs.owner = given.owner`;
  const returned = `given.write, runs.cancel_requested_at IS NOT NULL AS cancel_requested`;
  const lock = change
    ? `UPDATE runs SET ${change.set} FROM given WHERE ${fenced} RETURNING ${returned}`
    : // The lock alone fences: a claim waits for it, and no new row version is written.
      `SELECT ${returned} FROM given JOIN runs ON ${fenced} FOR NO KEY UPDATE OF runs`;
  const parts = [
    `given AS (SELECT * FROM ${unnestColumns(given, values, "given")})`,
    `live AS (${lock})`,
  ];

  const steps = await stepColumns(tx, writes);
  if (steps !== undefined)
    parts.push(`steps AS (
      INSERT INTO run_steps (tenant_id, run_id, epoch, ${columnNames(steps)})
      SELECT ${ofWrite}, ${columnNames(steps)} FROM ${unnestColumns([["write", "int", writeNumbers(writes, "steps")], ...steps], values, "step")}
      WHERE ${isLive}
        AND NOT (state = 'intent' AND write = ANY (ARRAY(SELECT write FROM live WHERE cancel_requested)))
      ON CONFLICT (tenant_id, run_id, step_key) DO UPDATE SET state = excluded.state, result = excluded.result,
        result_sha256 = excluded.result_sha256, epoch = excluded.epoch, ended_at = excluded.ended_at)`);
  const events = eventColumns(writes);
  // Only then: to look for each row first costs a tenth of what Postgres does for a run.
  const mayBeStored = writes.some(({ batch }) => batch.mayBeStored);
  if (events !== undefined)
    parts.push(`events AS (
      INSERT INTO run_events (tenant_id, run_id, epoch, ${columnNames(events)})
      SELECT ${ofWrite}, ${columnNames(events)} FROM ${unnestColumns([["write", "int", writeNumbers(writes, "events")], ...events], values, "event")}
      WHERE ${isLive}
      ${mayBeStored ? "ON CONFLICT DO NOTHING" : ""})`);
  const text = `WITH ${parts.join(", ")} SELECT write, cancel_requested FROM live`;
  const rows = await tx.query<{ write: number; cancel_requested: boolean }>(text, values, {
    isLast,
  });
  const live = new Map(rows.map((row) => [row.write, row.cancel_requested]));
  return fences.map((_, index) => {
    const cancelRequested = live.get(index + 1);
    return cancelRequested === undefined ? undefined : { cancelRequested };
  });
}

/** Of each step or event, which of the writes it belongs to; from 1. */
function writeNumbers(writes: readonly RunWrite[], part: "steps" | "events"): number[] {
  return writes.flatMap(({ batch }, index) => batch[part].map(() => index + 1));
}

async function stepColumns(
  tx: SystemTx,
  writes: readonly RunWrite[],
): Promise<Column[] | undefined> {
  const steps = writes.flatMap(({ fence, batch }) =>
    batch.steps.map((step) => ({ tenantId: fence.tenantId, ...step })),
  );
  if (steps.length === 0) return undefined;
  const results = await Promise.all(
    steps.map(({ tenantId, result }) => storeResult(tx, tenantId, result)),
  );
  return [
    ["step_key", "text", steps.map((s) => s.key)],
    ["kind", "text", steps.map((s) => s.kind)],
    ["name", "text", steps.map((s) => s.name)],
    ["effect", "text", steps.map((s) => s.effect)],
    ["state", "text", steps.map((s) => s.state)],
    ["input_hash", "text", steps.map((s) => s.inputHash)],
    ["result", "text", results.map((r) => r.text)],
    ["result_sha256", "text", results.map((r) => r.sha256)],
    ["started_at", "timestamptz", steps.map((s) => isoText(s.startedAt))],
    [
      "ended_at",
      "timestamptz",
      steps.map((s) => (s.endedAt === undefined ? null : isoText(s.endedAt))),
    ],
  ];
}

function eventColumns(writes: readonly RunWrite[]): Column[] | undefined {
  const events = writes.flatMap(({ batch }) => batch.events);
  if (events.length === 0) return undefined;
  return [
    ["seq", "int", events.map((e) => parseEventId(e.id)?.seq)],
    ["type", "text", events.map((e) => e.type)],
    ["data", "text", events.map((e) => e.data)],
    ["step_key", "text", events.map((e) => e.stepKey ?? null)],
    ["scope", "text", events.map((e) => e.place?.scope ?? null)],
    ["ordinal", "int", events.map((e) => e.place?.ordinal ?? null)],
  ];
}

/** As `writeRuns`, for one run. Throws `RunLost`. */
export async function writeRun(
  tx: SystemTx,
  fence: Fence,
  batch: RunBatch,
  change?: RunChange,
): Promise<Written> {
  const [written] = await writeRuns(tx, [{ fence, batch, ...(change ? { change } : {}) }]);
  if (written === undefined) throw new RunLost();
  return written;
}
