import type { Database } from "@llamaagent/db";

/** Whether a tenant wants some of its queued runs before others: only then a claim asks for the order. */
export async function hasUrgentRuns(db: Database): Promise<boolean> {
  const [row] = await db.system((tx) =>
    tx.query<{ is_there: boolean }>(
      `SELECT EXISTS (SELECT FROM runs WHERE state = 'queued' AND NOT blocked AND urgency <> 0) AS is_there`,
    ),
  );
  return row?.is_there ?? false;
}

/**
 * The parts of a WITH that choose as many runs of each tenant as it has among the foremost, its most urgent
 * ones. A tenant's ranks beside others stay as they are, so that no urgency takes anything from anybody else:
 * those that are passed over have the ranks of those that go before them.
 */
export function claimedByUrgency(options: {
  /** SELECT of the foremost runs, locked; with `tenant_id`, `run_id`, `priority`. */
  foremost: string;
  /** Of runs that may be claimed. */
  conditions: readonly string[];
}): [name: string, select: string][] {
  const unpaired = (these: string, those: string): string =>
    `SELECT tenant_id, run_id, priority, row_number() OVER (PARTITION BY tenant_id ORDER BY priority, run_id) AS place
     FROM ${these} WHERE run_id NOT IN (SELECT run_id FROM ${those})`;
  return [
    ["slots", options.foremost],
    ["shares", `SELECT tenant_id, count(*) AS runs FROM slots GROUP BY tenant_id`],
    [
      "chosen",
      `SELECT urgent.* FROM shares CROSS JOIN LATERAL (
         SELECT tenant_id, run_id, priority FROM runs
         WHERE runs.tenant_id = shares.tenant_id AND ${options.conditions.join(" AND ")}
         ORDER BY urgency DESC, priority, run_id LIMIT shares.runs FOR UPDATE SKIP LOCKED) AS urgent`,
    ],
    ["passed_over", unpaired("slots", "chosen")],
    ["preferred", unpaired("chosen", "slots")],
    [
      "exchanged",
      `UPDATE runs SET priority = preferred.priority FROM passed_over JOIN preferred USING (tenant_id, place)
       WHERE runs.tenant_id = passed_over.tenant_id AND runs.run_id = passed_over.run_id`,
    ],
    ["foremost", `SELECT tenant_id, run_id FROM chosen`],
  ];
}
