import type { Database } from "@llamaagent/db";

/** Blobs that one transaction removes. */
const BLOBS_MAX = 100;

/**
 * Removes bytes that no thread's file and no step's result refers to, a day after they were last written or referred to:
 * a file that was replaced or deleted leaves its bytes behind. Whoever writes the same bytes again touches
 * the row first (`writeBlob`), so either this waits and finds it young, or the writer stores them anew.
 */
export async function collectBlobs(db: Database): Promise<void> {
  for (;;) {
    const removed = await db.system((tx) =>
      tx.query(
        `WITH unused AS (
           SELECT b.tenant_id, b.sha256 FROM blobs b
           WHERE b.touched_at < now() - interval '1 day'
             AND NOT EXISTS (SELECT FROM thread_files f WHERE f.tenant_id = b.tenant_id AND f.sha256 = b.sha256)
             AND NOT EXISTS (SELECT FROM run_steps s WHERE s.tenant_id = b.tenant_id AND s.result_sha256 = b.sha256)
           LIMIT ${BLOBS_MAX} FOR UPDATE SKIP LOCKED
         ), bytes AS (
           DELETE FROM blob_chunks c USING unused WHERE c.tenant_id = unused.tenant_id AND c.sha256 = unused.sha256
         )
         DELETE FROM blobs b USING unused WHERE b.tenant_id = unused.tenant_id AND b.sha256 = unused.sha256
         RETURNING b.sha256`,
      ),
    );
    if (removed.length < BLOBS_MAX) return;
  }
}
