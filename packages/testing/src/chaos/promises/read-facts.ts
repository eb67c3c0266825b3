import { toRunEvent } from "../../durability/stream-faults.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { parsePlan } from "../plan/run-plan.ts";
import type { Facts, StoredRun } from "./facts.ts";

interface RunRow {
  run_id: string;
  input: string;
  state: string;
  stop_reason: string | null;
  output: string | null;
}

interface EventRow {
  run_id: string;
  epoch: number;
  seq: number;
  type: string;
  data: string;
  step_key: string | null;
  committed_at: number;
}

/** Needs `track_commit_timestamp`. */
const COMMITTED_AT = `extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000`;

export async function readFacts(cluster: Cluster): Promise<Facts> {
  const rows = await cluster.query<RunRow>(
    `SELECT run_id, input, state, stop_reason, output FROM runs`,
  );
  const runs = rows.map((row): StoredRun => ({
    id: row.run_id,
    plan: parsePlan(String(JSON.parse(row.input))),
    state: row.state,
    stopReason: row.stop_reason,
    output: row.output === null ? null : String(JSON.parse(row.output)),
    log: [],
  }));
  const byId = new Map(runs.map((run) => [run.id, run]));
  // Not of run_steps: a step that is done and stored again moves its row.
  const events = await cluster.query<EventRow>(
    `SELECT run_id, epoch, seq, type, data, step_key, ${COMMITTED_AT} AS committed_at
     FROM run_events ORDER BY run_id, epoch, seq`,
  );
  for (const { run_id: id, epoch, seq, type, data, step_key: stepKey, committed_at } of events)
    byId.get(id)?.log.push({
      event: toRunEvent({ id: `${epoch}-${seq}`, event: type, data }),
      stepKey,
      committedAt: committed_at,
    });
  return {
    acknowledged: [...cluster.runs.keys()],
    runs,
    modelCalls: await cluster.modelCalls(),
    effects: await cluster.effects(),
    settlements: cluster.settlements.made,
  };
}
