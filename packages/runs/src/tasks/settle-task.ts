import type { Json } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import type { ClaimedTask, TaskFence } from "./task.ts";

/** How an owner lets go of a task. */
export type Settlement =
  /** Nothing is left of it, whoever wakes it. */
  | { kind: "done" }
  /** Until it is woken; at once where it was since the claim. */
  | { kind: "asleep" }
  /** Until its next part, which is due now; its attempts are counted anew, as after a sleep. */
  | { kind: "again" }
  | { kind: "failed"; error: string; retryInSeconds: number }
  /** For some seconds: the attempt does not count. */
  | { kind: "put_off" }
  /** The worker shuts down: the attempt does not count. */
  | { kind: "handed_back" };

const PUT_OFF_SECONDS = 5;

/** Text columns take no NUL; what a handler throws may be long. */
const storableError = (error: string): string => error.replaceAll("\u0000", "").slice(0, 2_000);

/** False where somebody else has the task by now: nothing was changed. */
export async function settleTask(
  db: Database,
  { fence, wakes, attempts }: Pick<ClaimedTask, "fence" | "wakes" | "attempts">,
  settlement: Settlement,
): Promise<boolean> {
  const owned = [fence.tenantId, fence.taskId, fence.epoch, fence.owner];
  if (settlement.kind === "done")
    return changesOne(db, `DELETE FROM tasks WHERE ${OWNED} RETURNING 1`, owned);
  return changesOne(
    db,
    `UPDATE tasks SET owner = NULL, claimed_at = NULL, attempts = $5, last_error = $6,
       due_at = CASE WHEN wakes <> $7 THEN now() ELSE coalesce(now() + make_interval(secs => $8), 'infinity') END
     WHERE ${OWNED} RETURNING 1`,
    [...owned, ...after(settlement, attempts), wakes, retryInSeconds(settlement)],
  );
}

/** What an owner got done so far: whoever has the task next goes on from there. False as of `settleTask`. */
export async function saveTask(db: Database, fence: TaskFence, payload: Json): Promise<boolean> {
  return changesOne(db, `UPDATE tasks SET payload = $5 WHERE ${OWNED} RETURNING 1`, [
    fence.tenantId,
    fence.taskId,
    fence.epoch,
    fence.owner,
    JSON.stringify(payload),
  ]);
}

const OWNED = `tenant_id = $1 AND task_id = $2 AND epoch = $3 AND owner = $4`;

async function changesOne(db: Database, statement: string, values: unknown[]): Promise<boolean> {
  const changed = await db.system((tx) => tx.query(statement, values, { isLast: true }));
  return changed.length > 0;
}

type Kept = Exclude<Settlement, { kind: "done" }>;

function after(settlement: Kept, attempts: number): [attempts: number, error: string | null] {
  if (settlement.kind === "failed") return [attempts, storableError(settlement.error)];
  const isSuccess = settlement.kind === "asleep" || settlement.kind === "again";
  return [isSuccess ? 0 : attempts - 1, null];
}

function retryInSeconds(settlement: Kept): number | null {
  if (settlement.kind === "failed") return settlement.retryInSeconds;
  if (settlement.kind === "put_off") return PUT_OFF_SECONDS;
  return settlement.kind === "asleep" ? null : 0;
}
