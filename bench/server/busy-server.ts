import type { OpenRuns } from "./open-runs.ts";

/** What takes `POST /runs`. */
export interface BusyServer {
  url: string;
  /** Of everything whose CPU a run costs: servers and stores. */
  pids: readonly number[];
  watchOpenRuns(): Promise<OpenRuns>;
}
