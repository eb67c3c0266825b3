import type { Client, RunEvent } from "@llamaagent/client";
import type pg from "pg";
import type { EffectLine } from "../../durability/effect-server.ts";
import type { Settlements } from "../../durability/settlements.ts";
import type { FakeCall } from "../../fake-openai.ts";
import type { ScaledProcesses } from "../../server/scaled-processes.ts";
import type { RunningPostgres } from "../../services/postgres.ts";
import type { RunningRedis } from "../../services/redis.ts";
import type { SpawnedProcess } from "../../services/spawn-process.ts";
import type { Stores } from "./cluster-options.ts";
import type { Submissions } from "./submissions.ts";

/** The processes and stores of an experiment, and what it does to them. */
export interface Cluster extends Omit<ScaledProcesses, "close">, Submissions {
  /** The first replica's: it tries again for minutes. */
  client: Client;
  /** `postgres.process.kill("SIGINT")` stops it in order, `postgres.start()` has it back with its data. */
  postgres: RunningPostgres;
  redis: RunningRedis;
  /** The stores themselves, whatever the servers go through. */
  stores: Stores;
  /** For `fiveSteps` and `toolCall`. */
  effectsUrl: string;
  /** Rows of a statement, in a connection of its own. */
  query<T extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>;
  /** All that the outside world saw so far. */
  effects(): Promise<EffectLine[]>;
  modelCalls(): Promise<FakeCall[]>;
  /** Ends a process; what is killed here is not missed by the harness. Default SIGKILL. */
  kill(process: SpawnedProcess, signal?: NodeJS.Signals): Promise<void>;
  /** SIGSTOP, SIGCONT and others that are not waited for. */
  signal(process: SpawnedProcess, signal: NodeJS.Signals): void;
  /** Reads a run's stream to its end; the harness checks what was read. */
  watch(runId: string, options?: { api?: number }): Promise<RunEvent[]>;
  watched: readonly RunEvent[][];
  /** Of unknown outcomes; every one goes through here. */
  settlements: Settlements;
  /** Raised when the experiment is over, done or not: loads and looks stop, no process is started. */
  closing: AbortSignal;
  /**
   * All runs have ended, acknowledged or not; unknown outcomes are settled as the effect server knows
   * them. Rejects with what has not ended after two minutes.
   */
  untilEnded(): Promise<void>;
}
