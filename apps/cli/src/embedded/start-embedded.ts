import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadCertificate, startApi } from "@llamaagent/api";
import { DEFAULT_TENANT_ID, type Environment, isAppError, systemClock } from "@llamaagent/core";
import { createPglite, type Database, migrate } from "@llamaagent/db";
import type { Logger } from "@llamaagent/observability";
import { loadEnvelope } from "@llamaagent/protection";
import { buryAllWorkers, createRunsContext, findAgent, inProcessAdapters } from "@llamaagent/runs";
import { makeWorkspaceRoot, startWatchdog, startWebhooks, startWorker } from "@llamaagent/worker";
import { uuidv7 } from "uuidv7";
import { assertPortIsFree } from "./assert-port-is-free.ts";
import type { EmbeddedConfiguration } from "./embedded-settings.ts";
import { ownKeyFile } from "./own-key-file.ts";
import { sealStoredSecrets } from "./seal-stored-secrets.ts";
import { listenError } from "../listen-error.ts";

export interface Embedded {
  url: string;
  /** The first model that the environment configures. */
  configuredModel: string;
  /** Model of the agent `default`, which the first start made; undefined where it was deleted. */
  defaultAgentModel: string | undefined;
  /** Lets the steps under way end, hands runs back, closes the database. */
  close(): Promise<void>;
}

export interface EmbeddedOptions extends EmbeddedConfiguration {
  /** Model providers read their settings from it. */
  env: Environment;
  logger: Logger;
  /** Called when the first start begins to make the database, which takes seconds. */
  onFirstStart: () => void;
}

export function firstStartLine(dataDir: string): string {
  return `Setting up the database in ${dataDir} (first start, a few seconds) …\n`;
}

/**
 * API and worker in this process, on a database in a folder. What earlier processes left unfinished
 * goes on at once: the folder's lock says that none of them lives.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { settings, registry, env, logger } = options;
  await assertPortIsFree({ host: settings.HOST, port: settings.PORT });
  const certificate = await loadCertificate(settings, systemClock.now());
  const dataDir = resolve(settings.LLAMAAGENT_DATA_DIR);
  try {
    // Ended in reverse order; what was begun is ended also where a later part fails.
    await using begun = new AsyncDisposableStack();
    const envelope = await loadEnvelope(settings, { ownKeyFile: ownKeyFile(dataDir) });
    if (!existsSync(join(dataDir, "postgres"))) options.onFirstStart();
    const db = await createPglite({ dataDir, logger });
    begun.defer(() => db.close());
    await migrate({ database: db });
    await sealStoredSecrets(db, envelope, logger);
    await buryAllWorkers(db);
    const adapters = inProcessAdapters();
    begun.defer(() => adapters.close());
    const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });

    const workspaces = await makeWorkspaceRoot(
      settings.WORKSPACE_DIR ?? join(dataDir, "workspaces"),
    );
    begun.defer(() => workspaces.remove());
    const webhooks = startWebhooks({ ...context, envelope }, settings.LLAMAAGENT_FETCH_ALLOW);
    begun.defer(() => webhooks.close());
    const workerId = randomUUID();
    const watchdog = startWatchdog({ logLevel: settings.LOG_LEVEL, workerId });
    begun.use(watchdog);
    const worker = await startWorker({
      workerId,
      context,
      registry,
      env,
      slots: settings.WORKER_SLOTS,
      workspaceRoot: workspaces.directory,
      openSteps: watchdog.openSteps,
      taskHandlers: webhooks.handlers,
      logger: logger.child({ service: "worker", worker_id: workerId }),
    });
    const serving: { stop(): Promise<void> }[] = [worker];
    // At once: each may take over 20 s.
    begun.defer(() => stopAll(serving));
    const api = await startApi({
      context,
      registry,
      environment: env,
      settings,
      usesRedis: false,
      envelope,
      certificate,
      logger: logger.child({ service: "api" }),
    });
    serving.push(api);
    const { url, configuredModel } = api;
    const agentModel = await defaultAgentModel(db);
    const running = begun.move();
    return {
      url,
      configuredModel,
      defaultAgentModel: agentModel,
      close: () => running.disposeAsync(),
    };
  } catch (error) {
    throw listenError(error);
  }
}

/** Rejects where one fails, but not before the others have ended. */
async function stopAll(parts: { stop(): Promise<void> }[]): Promise<void> {
  const stops = parts.map((part) => part.stop());
  await Promise.allSettled(stops);
  await Promise.all(stops);
}

/** Undefined where that agent was deleted. */
async function defaultAgentModel(db: Database): Promise<string | undefined> {
  try {
    const { model } = await db.tenant(DEFAULT_TENANT_ID, (tx) => findAgent(tx, "default"));
    return model;
  } catch (error) {
    if (isAppError(error, "not_found")) return undefined;
    throw error;
  }
}
