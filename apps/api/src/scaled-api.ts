import { redisCounts, redisRateLimiter } from "@llamaagent/auth";
import { type Environment, pluginSettings, readConfiguration, systemClock } from "@llamaagent/core";
import {
  assertSchemaIsCurrent,
  createPostgres,
  postgresOptions,
  postgresSettings,
} from "@llamaagent/db";
import { modelSettings } from "@llamaagent/models/manifest";
import { createLogger, logOptions, logSettings } from "@llamaagent/observability";
import { loadEnvelope } from "@llamaagent/protection";
import {
  connectRedis,
  createRunsContext,
  redisAdapters,
  redisSettings,
  toldOnce,
} from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import { builtIns } from "./built-ins.ts";
import { loadCertificate } from "./certificate/load-certificate.ts";
import { type RunningApi, startApi } from "./container.ts";
import { apiSettings, withGuardedHost } from "./settings.ts";

export const scaledApiSettings = withGuardedHost(
  z.object({
    ...apiSettings.shape,
    ...postgresSettings.shape,
    ...redisSettings.required().shape,
    ...modelSettings.shape,
    ...pluginSettings.shape,
    ...logSettings.shape,
  }),
);

/**
 * One API replica on Postgres and Redis. Errors: `invalid_configuration` (every fault at once),
 * `invalid_plugin`, `schema_outdated`, `service_unavailable`, and what listening throws.
 */
export async function startScaledApi(
  environment: Environment,
  directory: string,
): Promise<RunningApi> {
  const { settings, registry } = await readConfiguration(scaledApiSettings, {
    env: environment,
    builtIns,
    directory,
  });
  const logger = createLogger({ ...logOptions(settings), service: "api" });
  const certificate = await loadCertificate(settings, systemClock.now());
  const envelope = await loadEnvelope(settings);
  if (envelope.version === undefined)
    logger.warn(
      "LLAMAAGENT_MASTER_KEYS is not set: no secret can be stored, and runs have no webhooks",
    );
  // Ended in reverse order; what was begun is ended also where a later part fails.
  await using begun = new AsyncDisposableStack();
  const db = createPostgres({ ...postgresOptions(settings), logger });
  begun.defer(() => db.close());
  await assertSchemaIsCurrent(db);
  const adapters = redisAdapters({
    url: settings.REDIS_URL,
    clock: systemClock,
    onError: (error) =>
      logger.warn({ err: error }, "Redis: what it is for goes the slow way, through Postgres"),
  });
  begun.defer(() => adapters.close());
  const onRateError = (err: Error): void =>
    logger.warn({ err }, "Redis: each replica limits rates by itself");
  const redis = connectRedis(settings.REDIS_URL, "request", toldOnce(onRateError));
  begun.defer(() => redis.disconnect());
  const rateLimiter = redisRateLimiter({
    redis,
    prefix: "llamaagent",
    clock: systemClock,
    onError: toldOnce(onRateError),
  });
  const openCounts = redisCounts({
    redis,
    prefix: "llamaagent",
    replicaId: uuidv7(),
    onError: toldOnce((err) =>
      logger.warn({ err }, "Redis: each replica limits open streams by itself"),
    ),
  });
  begun.defer(() => openCounts.close());
  const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });
  const usesRedis = true;
  const api = await startApi({
    context,
    registry,
    environment,
    settings,
    usesRedis,
    envelope,
    certificate,
    rateLimiter,
    openCounts,
    logger,
  });
  begun.defer(() => api.stop());
  const running = begun.move();
  return { ...api, stop: () => running.disposeAsync() };
}
