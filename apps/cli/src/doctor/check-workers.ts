import type { PluginRegistry } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { Capabilities, capabilitiesOf, missingFrom } from "@llamaagent/runs";
import { type CheckResult, fail, ok, warn } from "./check.ts";

export interface WorkerFindings {
  check: CheckResult;
  liveWorkers: number;
  /** Those of them that lack nothing. */
  completeWorkers: number;
  /** Queued for a second or more. */
  waitingRuns: number;
}

/** Whether workers live, and lack nothing that this process has; undefined `registry`: not compared. */
export async function checkWorkers(
  database: Database,
  registry: PluginRegistry | undefined,
): Promise<WorkerFindings> {
  const { workers, queued } = await database.system(async (tx) => ({
    workers: await tx.query<{ id: string; capabilities: unknown }>(
      "SELECT worker_id AS id, capabilities FROM workers WHERE alive_until > now() ORDER BY started_at",
    ),
    queued: await tx.query<{ count: number; waiting: number; seconds: number }>(
      `SELECT count(*)::int AS count,
         count(*) FILTER (WHERE created_at < now() - interval '1 second')::int AS waiting, coalesce(extract(epoch FROM now() - min(created_at)), 0)::int AS seconds
       FROM runs WHERE state = 'queued' AND NOT blocked`,
    ),
  }));
  const { count = 0, waiting: waitingRuns = 0, seconds = 0 } = queued[0] ?? {};
  const waiting = count === 0 ? "" : `; ${count} runs wait, the oldest for ${seconds} s`;
  const lacking = workers.flatMap(({ id, capabilities }) => {
    const missing = registry
      ? missingFrom(Capabilities.parse(capabilities), capabilitiesOf(registry))
      : [];
    return missing.length === 0 ? [] : [`worker ${id} lacks ${missing.join(", ")}`];
  });
  return {
    check: judgeWorkers(workers.length, lacking, waiting),
    liveWorkers: workers.length,
    completeWorkers: workers.length - lacking.length,
    waitingRuns,
  };
}

function judgeWorkers(alive: number, lacking: readonly string[], waiting: string): CheckResult {
  if (alive === 0)
    return fail(
      "workers",
      `no worker is alive${waiting}`,
      "start one with: npx llamaagent worker (DATABASE_URL and REDIS_URL as here)",
    );
  return lacking.length === 0
    ? ok("workers", `${alive} alive${waiting}`)
    : warn(
        "workers",
        `${alive} alive; ${lacking.join("; ")}${waiting}`,
        "start api and workers of one version with the same LLAMAAGENT_PLUGINS",
      );
}
