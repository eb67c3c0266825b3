import type { Effect, Json } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import { z } from "zod";
import type { Fence } from "../claim-run.ts";
import { readBlob } from "../blobs/blobs.ts";
import { lastEventId } from "../reading/event-log.ts";

interface StoredStep {
  kind: "model" | "tool";
  effect: Effect;
  state: "intent" | "done" | "unknown";
  inputHash: string;
  result: Json | undefined;
  epoch: number;
  /** Absent: this run. */
  originRunId?: string;
}

/** What earlier epochs of a run, or the run that it takes up, left: where a replay begins. */
export interface StoredProgress {
  /** In the order of their ends. */
  steps: Map<string, StoredStep>;
  /** The last durable event; later ids of earlier epochs are void. */
  lastEventId: string;
  /** Number of stored events between steps, by scope. */
  ordinals: Map<string, number>;
  /** Message and tool-call ids whose events began and whose step is not done. */
  open: string[];
}

interface StepRow {
  step_key: string;
  kind: StoredStep["kind"];
  effect: Effect;
  state: StoredStep["state"];
  input_hash: string;
  result: string | null;
  result_sha256: string | null;
  epoch: number;
  origin_run_id: string | null;
}

const BeganData = z.union([
  z.object({ message_id: z.string() }).transform((data) => data.message_id),
  z.object({ tool_call_id: z.string() }).transform((data) => data.tool_call_id),
]);

export const noProgress: StoredProgress = {
  steps: new Map(),
  lastEventId: "0-1",
  ordinals: new Map(),
  open: [],
};

export async function loadProgress(db: Database, fence: Fence): Promise<StoredProgress> {
  const key = [fence.tenantId, fence.runId];
  return db.system(async (tx) => {
    const steps = await tx.query<StepRow>(
      `SELECT step_key, kind, effect, state, input_hash, result, result_sha256, epoch, origin_run_id FROM run_steps
       WHERE tenant_id = $1 AND run_id = $2 ORDER BY ended_at, step_key`,
      key,
    );
    const last = await lastEventId(tx, fence);
    const scopes = await tx.query<{ scope: string; count: number }>(
      `SELECT scope, max(ordinal) + 1 AS count FROM run_events
       WHERE tenant_id = $1 AND run_id = $2 AND scope IS NOT NULL GROUP BY scope`,
      key,
    );
    const open = await tx.query<{ data: string }>(
      `SELECT e.data FROM run_events e LEFT JOIN run_steps s USING (tenant_id, run_id, step_key)
       WHERE e.tenant_id = $1 AND e.run_id = $2 AND e.type IN ('message.started', 'tool_call.started')
         AND s.state IS DISTINCT FROM 'done' ORDER BY e.epoch, e.seq`,
      key,
    );
    return {
      steps: new Map(
        await Promise.all(
          steps.map(async (row) => [row.step_key, await toStep(tx, fence.tenantId, row)] as const),
        ),
      ),
      lastEventId: last ?? noProgress.lastEventId,
      ordinals: new Map(scopes.map(({ scope, count }) => [scope, count])),
      open: [...new Set(open.map(({ data }) => BeganData.parse(JSON.parse(data))))],
    };
  });
}

async function toStep(tx: SystemTx, tenantId: string, row: StepRow): Promise<StoredStep> {
  const text =
    row.result_sha256 === null
      ? row.result
      : new TextDecoder().decode(await readBlob(tx, tenantId, row.result_sha256));
  return {
    kind: row.kind,
    effect: row.effect,
    state: row.state,
    inputHash: row.input_hash,
    // Text written by JSON.stringify.
    result: text === null ? undefined : (JSON.parse(text) as Json),
    epoch: row.epoch,
    ...(row.origin_run_id === null ? {} : { originRunId: row.origin_run_id }),
  };
}
