import { type Client, createClient } from "@llamaagent/client";
import type { SpawnedProcess } from "../services/spawn-process.ts";

/** A server under test, in real processes: embedded in one, or scaled over several. */
export interface RunningServer {
  /** One client for each API replica; at least one. */
  clients: Client[];
  urls: string[];
  apis: SpawnedProcess[];
  workers: SpawnedProcess[];
  /** One more, which serves like the others. */
  addWorker(env?: NodeJS.ProcessEnv): Promise<SpawnedProcess>;
  close(): Promise<void>;
}

/** Restarts of the server under test take seconds. */
const PATIENCE = { attempts: 30, reconnectSeconds: 240 };

export function patientClient(url: string): Client {
  return createClient({ url, retry: PATIENCE });
}

/** The repository's root: where processes under test are started. */
export const repositoryRoot = new URL("../../../..", import.meta.url).pathname;
