import pg from "pg";

export interface OpenRuns {
  /** Runs that have not ended. Some 0.1 ms of Postgres: its indexes hold no ended run. */
  count(): Promise<number>;
  /** Runs that ended otherwise than by success. Reads them all. */
  failed(): Promise<number>;
  close(): Promise<void>;
}

export async function watchOpenRuns(databaseUrl: string): Promise<OpenRuns> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    async count() {
      const { rows } = await client.query<{ open: number }>({
        name: "open_runs",
        text: `SELECT (SELECT count(*) FROM runs WHERE state = 'queued' AND NOT blocked)::int
             + (SELECT count(*) FROM runs WHERE state = 'running')::int AS open`,
      });
      return rows[0]?.open ?? 0;
    },
    async failed() {
      const { rows } = await client.query<{ failed: number }>(
        `SELECT count(*)::int AS failed FROM runs WHERE state = 'ended' AND stop_reason <> 'completed'`,
      );
      return rows[0]?.failed ?? 0;
    },
    close: () => client.end(),
  };
}
