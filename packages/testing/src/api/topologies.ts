import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type ApiOptions, buildApi, loadSettings } from "@llamaagent/api";
import {
  authSettings,
  createAuthentication,
  redisCounts,
  redisRateLimiter,
} from "@llamaagent/auth";
import {
  type Environment,
  type Plugin,
  type RateLimiter,
  readSettings,
  systemClock,
  type TenantCounts,
} from "@llamaagent/core";
import { createPglite, createPostgres, migrate, type OwnedDatabase } from "@llamaagent/db";
import { createLogger } from "@llamaagent/observability";
import {
  connectRedis,
  createRunFollower,
  inProcessAdapters,
  redisAdapters,
  type RunAdapters,
  createRunsContext,
  type RunsContext,
} from "@llamaagent/runs";
import { storeKnownKey } from "../services/known-key.ts";
import { temporaryFolder } from "../services/temporary-folder.ts";
import { createTestDatabase } from "../services/test-database.ts";
import { testRedisUrl } from "../services/test-redis.ts";
import { type FetchAllowance, nothingAllowed } from "@llamaagent/tools/manifest";
import { startWebhooks, startWorker } from "@llamaagent/worker";
import { uuidv7 } from "uuidv7";
import { inject } from "vitest";
import { testRegistry } from "./test-plugin.ts";

export interface TestApi {
  url: string;
  app: Awaited<ReturnType<typeof buildApi>>;
  context: RunsContext;
  /** Starts a worker beside the API; it is stopped with the API. Webhooks are sent where it is asked for. */
  startWorker(options?: { webhooks?: boolean; slots?: number }): Promise<void>;
  close(): Promise<void>;
}

interface TestApiOptions {
  /** Requests must carry a key then; the known one is stored. */
  asksForKeys?: boolean;
  environment?: Environment;
  streams?: ApiOptions["streams"];
  /** Also of the webhooks that its workers send. */
  fetchAllowance?: FetchAllowance;
  /** Beside the test plugin. */
  plugins?: readonly Plugin[];
}

interface Topology {
  name: string;
  /** False where a service is missing. */
  isThere: boolean;
  start: (options?: TestApiOptions) => Promise<TestApi>;
}

interface Stores {
  db: OwnedDatabase;
  adapters: RunAdapters;
  /** Of all replicas. */
  rateLimiter?: RateLimiter;
  openCounts?: TenantCounts;
  usesRedis: boolean;
  remove(): Promise<void>;
}

/** Known to all, as the known key is. */
export const JWT_KEYS = `test:${"known-to-all-".repeat(4)}`;

/** Tests ask for more than people do. */
const wide = {
  LLAMAAGENT_JWT_KEYS: JWT_KEYS,
  LLAMAAGENT_RATE_LIMIT_CALLER: "1000000",
  LLAMAAGENT_RATE_LIMIT_TENANT: "1000000",
  LLAMAAGENT_RATE_LIMIT_KEYS: "1000000",
  LLAMAAGENT_RATE_LIMIT_ADDRESS: "1000000",
};
/** They share this process, and with the embedded database its thread, with the test. */
const patient = loadSettings.parse({ LLAMAAGENT_SHED_DELAY_MS: 60_000 });

/** The same test file runs on both. */
export const topologies: Topology[] = [
  {
    name: "embedded",
    isThere: true,
    async start(options) {
      const folder = await temporaryFolder("api");
      const db = await createPglite({ dataDir: folder.path });
      await migrate({ database: db });
      const stores = { db, adapters: inProcessAdapters(), usesRedis: false };
      return start({ ...stores, remove: () => folder.remove() }, options);
    },
  },
  {
    name: "scaled",
    isThere: inject("databaseUrl") !== undefined && inject("redisUrl") !== undefined,
    async start(options) {
      const database = await createTestDatabase({
        migrate: async (url) => void (await migrate({ url })),
      });
      const url = await testRedisUrl();
      const adapters = redisAdapters({ url, clock: systemClock, onError: () => undefined });
      const db = createPostgres({ url: database.url });
      const redis = connectRedis(url, "request", () => undefined);
      await once(redis, "ready");
      const rateLimiter = redisRateLimiter({
        redis,
        prefix: "llamaagent",
        clock: systemClock,
        onError: () => undefined,
      });
      const openCounts = redisCounts({
        redis,
        prefix: "llamaagent",
        replicaId: randomUUID(),
        onError: () => undefined,
      });
      const remove = async (): Promise<void> => {
        await openCounts.close();
        redis.disconnect();
        await database.drop();
      };
      return start({ db, adapters, rateLimiter, openCounts, usesRedis: true, remove }, options);
    },
  },
];

async function start(
  stores: Stores,
  {
    plugins = [],
    fetchAllowance = nothingAllowed,
    asksForKeys = false,
    environment = {},
    ...options
  }: TestApiOptions = {},
): Promise<TestApi> {
  const { db, adapters, rateLimiter, openCounts, usesRedis } = stores;
  const logger = createLogger({ level: "silent" });
  const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });
  const registry = testRegistry(plugins);
  const onError = (): void => undefined;
  const follower = createRunFollower({ db, tail: adapters.tail, clock: systemClock, onError });
  if (asksForKeys) await storeKnownKey(db);
  const authentication = asksForKeys
    ? createAuthentication({
        db,
        clock: systemClock,
        settings: readSettings(authSettings, { ...wide, ...environment }),
        sharedLimiter: rateLimiter,
        onError,
        onRefused: onError,
      })
    : undefined;
  const app = await buildApi({
    context,
    authentication,
    follower,
    registry,
    environment,
    usesRedis,
    openCounts,
    load: patient,
    fetchAllowance,
    logger,
    ...options,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const stops: (() => Promise<void>)[] = [];
  return {
    url,
    app,
    context,
    async startWorker({ webhooks = false, slots = 4 } = {}) {
      const folder = await temporaryFolder("workspaces");
      const sender = webhooks ? startWebhooks(context, fetchAllowance) : undefined;
      const worker = await startWorker({
        workerId: randomUUID(),
        context,
        registry,
        env: {},
        slots,
        workspaceRoot: folder.path,
        taskHandlers: sender?.handlers ?? {},
        logger,
      });
      stops.push(async () => {
        await worker.stop();
        await sender?.close();
        await folder.remove();
      });
    },
    async close() {
      await app.close();
      for (const stop of stops) await stop();
      await follower.close();
      await adapters.close();
      await db.close();
      await stores.remove();
    },
  };
}
