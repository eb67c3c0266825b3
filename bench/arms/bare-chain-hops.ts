/** What the processes of the bare chain know: how each hop is named. */
export const QUEUE = "chain";
export const CHANNEL = "chain:events";

export interface ChainJob {
  runId: string;
  modelMs: number;
}

export const SCHEMA = `CREATE TABLE bare_runs (
  run_id uuid PRIMARY KEY, state text NOT NULL, input text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), started_at timestamptz, ended_at timestamptz)`;
