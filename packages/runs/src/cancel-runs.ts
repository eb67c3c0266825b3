import { isAppError, type Principal } from "@llamaagent/core";
import { cancelRun } from "./cancel-run.ts";
import type { RunsContext } from "./runs-context.ts";
import { runConditions, type RunFilter } from "./search-runs.ts";

export interface CancelOutcome {
  run_id: string;
  /** `cancelled`: it has ended or its owner is told; `ended`: it had ended before. */
  outcome: "cancelled" | "ended" | "not_found";
}

const AT_ONCE = 8;

/** Each as `cancelRun`; in the order given. */
export async function cancelRuns(
  context: RunsContext,
  principal: Principal,
  runIds: readonly string[],
): Promise<CancelOutcome[]> {
  const outcomes: CancelOutcome[] = [];
  for (let first = 0; first < runIds.length; first += AT_ONCE)
    outcomes.push(
      ...(await Promise.all(
        runIds.slice(first, first + AT_ONCE).map(async (runId) => ({
          run_id: runId,
          outcome: await outcomeOf(context, principal, runId),
        })),
      )),
    );
  return outcomes;
}

async function outcomeOf(
  context: RunsContext,
  principal: Principal,
  runId: string,
): Promise<CancelOutcome["outcome"]> {
  try {
    return (await cancelRun(context, principal, runId)) ? "cancelled" : "ended";
  } catch (error) {
    if (isAppError(error, "not_found")) return "not_found";
    throw error;
  }
}

/** Runs that have not ended and were not cancelled, oldest first. */
export async function findOpenRuns(
  context: Pick<RunsContext, "db">,
  principal: Principal,
  { limit, ...filter }: RunFilter & { limit: number },
): Promise<string[]> {
  const { sql, values } = runConditions(principal.tenantId, filter);
  const rows = await context.db.tenant(principal.tenantId, (tx) =>
    tx.query<{ run_id: string }>(
      // Every open run has a moment at which the sweeper looks at it, and an entry in that index.
      `SELECT run_id FROM runs WHERE ${sql.join(" AND ")}
         AND look_at IS NOT NULL AND state <> 'ended' AND cancel_requested_at IS NULL
       ORDER BY run_id LIMIT $${values.push(limit)}`,
      values,
    ),
  );
  return rows.map(({ run_id: runId }) => runId);
}
