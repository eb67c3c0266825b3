import { setTimeout as sleep } from "node:timers/promises";
import {
  AppError,
  type ChatModel,
  type PluginRegistry,
  type RunEventTail,
  type StoredEvent,
  systemClock,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { createLogger } from "@llamaagent/observability";
import {
  createAgentReader,
  createRunWriter,
  type ClaimedRun,
  createCancelWatch,
  createTailWriter,
  RunLost,
  type RunsContext,
} from "@llamaagent/runs";
import { executeRun } from "../execute-run.ts";
import { createRunControl } from "../run-control.ts";
import { createOpenSteps } from "../watchdog/open-steps.ts";

const never = new Promise<never>(() => {});

/** A worker process that is killed at one of the points that it passes. */
export interface Mortality {
  /** How many points were passed. */
  readonly passed: number;
  readonly isDead: boolean;
  died: Promise<void>;
  /** Never returns in a dead process. */
  point(): Promise<void>;
  /** A point of synchronous code: false in a dead process. */
  touch(): boolean;
}

export function createMortality(killAt: number): Mortality {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  let passed = 0;
  let isDead = false;
  function pass(): boolean {
    if (isDead) return false;
    passed += 1;
    if (passed === killAt) {
      isDead = true;
      resolve();
    }
    return !isDead;
  }
  return {
    get passed() {
      return passed;
    },
    get isDead() {
      return isDead;
    },
    died,
    point: async () => (pass() ? undefined : never),
    touch: () => (isDead ? false : (pass(), true)),
  };
}

/** Executes a claimed run until it ends, waits, or the process is killed. */
export async function liveAndDie(options: {
  context: RunsContext;
  claimed: ClaimedRun;
  registry: PluginRegistry;
  model: ChatModel;
  mortality: Mortality;
  /** Hears what went to the live tail before the kill. */
  onPublished: (events: StoredEvent[]) => void;
  workspaceRoot: string;
  /** The answer of this transaction, counted from 1, is lost behind its commit. */
  loseAnswer?: number;
}): Promise<void> {
  const { context, claimed, mortality } = options;
  const db = mortalDatabase(context.db, mortality, options.loseAnswer);
  const tail: RunEventTail = {
    ...context.tail,
    publish: async (batches) => {
      for (const { events } of batches)
        for (const event of events) if (mortality.touch()) options.onPublished([event]);
    },
  };
  const lease = {
    isValid: () => true,
    until: Infinity,
    mayTakeOver: () => true,
    mayStrike: () => true,
    waitUntilValid: async () => {},
    release: async () => {},
  };
  const cancelWatch = createCancelWatch({
    db,
    clock: systemClock,
    workerId: claimed.fence.owner,
    executing: () => [],
    onCancelled: () => {},
    onLost: () => {},
  });
  const control = createRunControl({ lease, cancelWatch });
  const tailWriter = createTailWriter(tail, systemClock, () => true);
  const executed = executeRun(
    {
      context: { ...context, db, tail },
      registry: options.registry,
      createModel: async () => options.model,
      readAgent: createAgentReader(),
      workspaceRoot: options.workspaceRoot,
      writer: createRunWriter(db),
      tailWriter,
      openSteps: createOpenSteps(),
      clock: systemClock,
      logger: createLogger({ level: "fatal" }),
    },
    claimed,
    control,
  ).then(() => tailWriter.flush());
  await Promise.race([executed, mortality.died]);
  // What is left of a killed process in this one must not keep timers.
  if (mortality.isDead) {
    control.abandon();
    control.abort(new RunLost());
    await sleep(0);
  }
}

/** Killed before a transaction it stores nothing; killed behind it, nobody hears the answer. */
function mortalDatabase(db: Database, mortality: Mortality, loseAnswer?: number): Database {
  let transactions = 0;
  return {
    ...db,
    async system(work) {
      const isLost = ++transactions === loseAnswer;
      await mortality.point();
      const result = await db.system(work);
      await mortality.point();
      if (isLost) throw new AppError("service_unavailable");
      return result;
    },
  };
}
