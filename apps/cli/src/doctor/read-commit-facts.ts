import type { OwnedDatabase } from "@llamaagent/db";
import type { CommitFacts } from "./promises/facts.ts";

/**
 * As the login role of api and worker has them: a database or a role may override the server's
 * synchronous_commit. Who may not monitor sees that standbys are there, not their state.
 */
export async function readCommitFacts(database: OwnedDatabase): Promise<CommitFacts> {
  const [facts] = await database.owner((tx) =>
    tx.query<CommitFacts>(
      `SELECT current_setting('fsync')::boolean AS fsync,
         current_setting('full_page_writes')::boolean AS "fullPageWrites",
         current_setting('synchronous_commit') AS "synchronousCommit",
         current_setting('synchronous_standby_names') AS "synchronousStandbyNames",
         (SELECT count(*)::int FROM pg_stat_replication AS standby
          WHERE state IS DISTINCT FROM 'backup' AND NOT EXISTS (
            SELECT FROM pg_replication_slots WHERE active_pid = standby.pid AND slot_type = 'logical')
         ) AS standbys`,
    ),
  );
  if (facts === undefined) throw new Error("Postgres answered no row");
  return facts;
}
