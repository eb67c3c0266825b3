import { AppError, toProblem } from "@llamaagent/core";
import type { SystemTx } from "@llamaagent/db";
import type { Fence } from "../claim-run.ts";
import { type HintRow, hintColumns, toHint } from "../hints/hint-row.ts";
import { REQUEUED } from "../hints/requeued.ts";
import type { RunsContext } from "../runs-context.ts";
import { announceEnd } from "./announce-end.ts";
import { type EndedByOther, endForeignRun } from "./end-foreign-run.ts";

/** From this strike on a run executes alone in a process. */
export const QUARANTINE_FROM = 2;
/** With this strike it ends. */
export const STRIKES_MAX = 5;

type StrikeContext = Pick<RunsContext, "db" | "hints" | "tail" | "clock">;

/**
 * The process of a run's own has died of it, whose owner lives: one strike more, and the run is queued
 * again or ended, in one commit under the owner's fence. Nothing where the run is the owner's no more.
 */
export async function strikeRun(
  context: StrikeContext,
  fence: Fence,
  /** Before this one. */
  strikes: number,
): Promise<"queued" | "poisoned" | "lost"> {
  if (strikes + 1 >= STRIKES_MAX) return endPoisonedRun(context, fence);
  const rows = await context.db.system((tx) =>
    tx.query<HintRow>(
      `UPDATE runs SET ${REQUEUED}, strikes = $5
       WHERE tenant_id = $1 AND run_id = $2 AND epoch = $3 AND owner = $4 RETURNING ${hintColumns}`,
      [fence.tenantId, fence.runId, fence.epoch, fence.owner, strikes + 1],
    ),
  );
  await context.hints.add(rows.map(toHint));
  return rows.length > 0 ? "queued" : "lost";
}

/** The owner ends a run that has had its strikes. */
export async function endPoisonedRun(
  context: StrikeContext,
  fence: Fence,
): Promise<"poisoned" | "lost"> {
  const ended = await context.db.system((tx) => endPoisoned(tx, fence, context.clock.now()));
  if (ended === undefined) return "lost";
  await announceEnd(context, fence, ended);
  return "poisoned";
}

async function endPoisoned(
  tx: SystemTx,
  { tenantId, runId, epoch }: Fence,
  now: Date,
): Promise<EndedByOther | undefined> {
  const ended = await endForeignRun(tx, {
    run: { tenantId, runId },
    from: { states: ["running"], epoch },
    now,
    end: {
      reason: "poisoned",
      error: toProblem(
        new AppError("poisoned", {
          detail: `The run ended ${STRIKES_MAX} processes that executed it: it is not tried again`,
        }),
      ),
    },
  });
  if (ended)
    await tx.query(`UPDATE runs SET strikes = $3 WHERE tenant_id = $1 AND run_id = $2`, [
      tenantId,
      runId,
      STRIKES_MAX,
    ]);
  return ended;
}

/** From this commit on the death of the process counts: nothing else is executed in it. Answers whether it is the owner's. */
export async function markAlone(context: Pick<RunsContext, "db">, fence: Fence): Promise<boolean> {
  const rows = await context.db.system((tx) =>
    tx.query(
      `UPDATE runs SET alone_epoch = epoch
       WHERE tenant_id = $1 AND run_id = $2 AND epoch = $3 AND owner = $4 RETURNING run_id`,
      [fence.tenantId, fence.runId, fence.epoch, fence.owner],
    ),
  );
  return rows.length > 0;
}
