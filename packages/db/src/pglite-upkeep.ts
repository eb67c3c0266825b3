import type { PGlite } from "@electric-sql/pglite";

const EVERY_TRANSACTIONS = 32;
const MAX_WAL_BYTES = 64 * 1024 * 1024;

/**
 * PGlite runs Postgres in single-user mode, where nothing checkpoints and nothing vacuums: the log
 * would grow until `close` (300 MB of it made the start after a kill about 1 s longer), dead rows for ever.
 * Returns what to call after each transaction; it tells whether `tidy` is due.
 */
export function createUpkeep(pglite: PGlite): { isDue(): boolean; tidy(): Promise<void> } {
  let transactions = 0;
  return {
    isDue: () => ++transactions % EVERY_TRANSACTIONS === 0,
    async tidy() {
      const { rows } = await pglite.query<{ bytes: string }>(
        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) AS bytes FROM pg_control_checkpoint()",
      );
      if (Number(rows[0]?.bytes) < MAX_WAL_BYTES) return;
      // 0.1–0.3 s together, of every 64 MiB written. No ANALYZE: it took seconds with large blobs.
      await pglite.exec("VACUUM");
      await pglite.exec("CHECKPOINT");
    },
  };
}
