import { toRunEvent } from "../../durability/stream-faults.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { parsePlan } from "../plan/run-plan.ts";
import type { Facts, StoredRun, StoredStep } from "./facts.ts";

interface RunRow {
  run_id: string;
  input: string;
  state: string;
  stop_reason: string | null;
}

interface EventRow {
  run_id: string;
  epoch: number;
  seq: number;
  type: string;
  data: string;
  committed_at: number;
}

/** Needs `track_commit_timestamp`. */
const COMMITTED_AT = `extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000`;

export async function readFacts(cluster: Cluster): Promise<Facts> {
  const rows = await cluster.query<RunRow>(`SELECT run_id, input, state, stop_reason FROM runs`);
  const runs = rows.map((row): StoredRun => ({
    id: row.run_id,
    plan: parsePlan(String(JSON.parse(row.input))),
    state: row.state,
    stopReason: row.stop_reason,
    events: [],
    eventsCommittedAt: [],
  }));
  const byId = new Map(runs.map((run) => [run.id, run]));
  const events = await cluster.query<EventRow>(
    `SELECT run_id, epoch, seq, type, data, ${COMMITTED_AT} AS committed_at FROM run_events ORDER BY run_id, epoch, seq`,
  );
  for (const { run_id: id, epoch, seq, type, data, committed_at: at } of events) {
    const run = byId.get(id);
    run?.events.push(toRunEvent({ id: `${epoch}-${seq}`, event: type, data }));
    run?.eventsCommittedAt.push(at);
  }
  const steps = await cluster.query<StoredStep>(
    `SELECT run_id AS "runId", step_key AS key, state, ${COMMITTED_AT} AS "committedAt" FROM run_steps`,
  );
  return {
    acknowledged: [...cluster.runs.keys()],
    runs,
    steps,
    modelCalls: await cluster.modelCalls(),
    effects: await cluster.effects(),
  };
}
