import type { TenantTx } from "@llamaagent/db";
import { type EndedByOther, endForeignRun } from "./end-foreign-run.ts";

/** Ends a run in whatever state, and adds nothing to its thread. Undefined where it has ended, or is not there. */
export const endWithoutTrace = (
  tx: TenantTx,
  runId: string,
  now: Date,
): Promise<EndedByOther | undefined> =>
  endForeignRun(tx, {
    run: { tenantId: tx.tenantId, runId },
    from: { states: ["queued", "running", "waiting"] },
    now,
    end: { reason: "cancelled" },
    addsMessages: false,
  });
