import {
  EndReason,
  type JsonObject,
  type Run,
  type RunState,
  type RunStatus,
  statusOf,
  type StopReason,
  WaitReason,
} from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { readRunPage } from "./read-run-page.ts";

/** What is asked for of runs: all of it holds for each that is found. */
export interface RunFilter {
  /** What a run's metadata contain. */
  metadata?: JsonObject | undefined;
  status?: RunStatus | undefined;
  state?: RunState | undefined;
  stopReason?: StopReason | undefined;
  threadId?: string | undefined;
  agentId?: string | undefined;
}

export interface RunSearch extends RunFilter {
  limit: number;
  offset: number;
  /** Only runs older than this one. */
  before?: string | undefined;
}

/** Runs that match all that is asked for, newest first. Error: `invalid_request` (more than 16 MiB together). */
export async function searchRuns(tx: TenantTx, search: RunSearch): Promise<Run[]> {
  const { sql, values } = runConditions(tx.tenantId, search);
  const given = (value: unknown): string => `$${values.push(value)}`;
  if (search.before !== undefined) sql.push(`run_id < ${given(search.before)}`);
  const { limit, offset } = search;
  return readRunPage(tx, { condition: sql.join(" AND "), values, limit, offset });
}

/** The filter as SQL conditions with their values, to which the caller may add. */
export function runConditions(
  tenantId: string,
  { metadata, status, state, stopReason, threadId, agentId }: RunFilter,
): { sql: string[]; values: unknown[] } {
  const values: unknown[] = [tenantId];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const sql = ["tenant_id = $1"];
  if (threadId !== undefined) sql.push(`thread_id = ${given(threadId)} AND NOT thread_gone`);
  if (agentId !== undefined) sql.push(`agent_id = ${given(agentId)}`);
  if (metadata !== undefined && Object.keys(metadata).length > 0)
    sql.push(`metadata @> ${given(JSON.stringify(metadata))}::jsonb`);
  if (status === "pending") sql.push("stop_reason IS NULL");
  else if (status !== undefined) sql.push(`stop_reason = ANY(${given(reasonsOf(status))}::text[])`);
  // What has not ended is in the index of what the sweeper looks at, and nothing else is.
  if (state !== undefined && state !== "ended") sql.push("look_at IS NOT NULL");
  if (state !== undefined) sql.push(`state = ${given(state)}`);
  if (stopReason !== undefined) sql.push(`stop_reason = ${given(stopReason)}`);
  return { sql, values };
}

const reasonsOf = (status: RunStatus): string[] =>
  [...EndReason.options, ...WaitReason.options].filter((reason) => statusOf(reason) === status);
