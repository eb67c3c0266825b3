import { AppError } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";

/** The checkpoint of every thread that has nothing: what goes on from it begins anew. */
export const BEGINNING = "00000000-0000-0000-0000-000000000000";

/** `pointer`: where the request names it. */
export const noSuchCheckpoint = (pointer = "/checkpoint/checkpoint_id"): AppError =>
  new AppError("not_found", {
    detail: "The thread has no such checkpoint",
    errors: [{ pointer, message: "no such checkpoint" }],
  });

/** Error: `not_found`. */
export async function assertCheckpoint(
  tx: Tx,
  checkpoint: { tenantId: string; threadId: string; checkpointId: string },
): Promise<void> {
  const { tenantId, threadId, checkpointId } = checkpoint;
  if (checkpointId === BEGINNING) return;
  const found = await tx.query(
    `SELECT FROM checkpoints WHERE tenant_id = $1 AND thread_id = $2 AND checkpoint_id = $3`,
    [tenantId, threadId, checkpointId],
  );
  if (found.length === 0) throw noSuchCheckpoint();
}
