import { Server as HttpsServer } from "node:https";
import { createAuthentication, createRefusals, hasAdminKey } from "@llamaagent/auth";
import {
  DEFAULT_TENANT_ID,
  type Environment,
  type PluginRegistry,
  type RateLimiter,
  type TenantCounts,
} from "@llamaagent/core";
import { chooseDefaultModel } from "@llamaagent/models/manifest";
import type { Logger } from "@llamaagent/observability";
import type { Envelope } from "@llamaagent/protection";
import { createRunFollower, type RunsContext, seedDefaultAgent } from "@llamaagent/runs";
import type { FurnishTenant } from "./api-dependencies.ts";
import { buildApi } from "./build-api.ts";
import { followCertificate } from "./certificate/follow-certificate.ts";
import type { ServerCertificate } from "./certificate/read-certificate.ts";
import { closeInTime } from "./close-in-time.ts";
import type { z } from "zod";
import { type apiSettings, asksForKeys } from "./settings.ts";

export interface StartApi {
  context: RunsContext;
  registry: PluginRegistry;
  /** For the settings of model providers; nothing else reads it. */
  environment: Environment;
  settings: z.infer<typeof apiSettings>;
  usesRedis: boolean;
  envelope: Envelope;
  /** See `loadCertificate`; absent: the API speaks HTTP. */
  certificate: ServerCertificate | undefined;
  /** Of all replicas; absent: this process is the only one. */
  rateLimiter?: RateLimiter;
  /** Of the open streams and waits of all replicas; absent: this process is the only one. */
  openCounts?: TenantCounts;
  logger: Logger;
}

export interface RunningApi {
  url: string;
  /** The first model that the environment configures; that of the agent `default` if it was made now. */
  configuredModel: string;
  /** Ends streams and waits, lets other requests end, for at most 20 s. */
  stop(): Promise<void>;
}

/** Wires an API and starts it, in one visible order. Errors: what listening throws. */
export async function startApi(options: StartApi): Promise<RunningApi> {
  const { context, registry, environment, settings, certificate, logger } = options;
  const { db, tail, clock } = context;
  const configuredModel = await chooseDefaultModel(environment);
  const harmless = [...registry.tools.values()].filter(({ effect }) => effect === "none");
  const tools = harmless.map(({ name }) => name);
  const furnishTenant: FurnishTenant = (tx, tenantId) => {
    const agentId = context.newId();
    return seedDefaultAgent(tx, { tenantId, agentId, model: configuredModel, tools });
  };
  await db.tenant(DEFAULT_TENANT_ID, (tx) => furnishTenant(tx, DEFAULT_TENANT_ID));
  const follower = createRunFollower({
    db,
    tail,
    clock,
    onError: (error) => logger.warn({ err: error }, "readers could not be compared"),
  });
  const authentication = asksForKeys(settings)
    ? createAuthentication({
        db,
        clock,
        settings,
        sharedLimiter: options.rateLimiter,
        onError: (error, what) => logger.warn({ err: error }, what),
        onRefused: (reason) => logger.info({ reason }, "a token of an issuer was refused"),
      })
    : undefined;
  if (authentication && !(await hasAdminKey(db, DEFAULT_TENANT_ID)))
    logger.warn(
      "no key holds that may make all others, and tenants: `llamaagent keys bootstrap` makes one (beside an embedded server: once it is stopped)",
    );
  const refusals = createRefusals({
    db,
    clock,
    onError: (error) => logger.warn({ err: error }, "who was refused is not in the audit log yet"),
  });
  const app = await buildApi({
    context,
    follower,
    registry,
    environment,
    usesRedis: options.usesRedis,
    envelope: options.envelope,
    authentication,
    refusals,
    furnishTenant,
    openCounts: options.openCounts,
    certificate,
    load: settings,
    trustedProxies: settings.LLAMAAGENT_TRUSTED_PROXIES,
    corsOrigins: settings.LLAMAAGENT_CORS_ORIGINS,
    fetchAllowance: settings.LLAMAAGENT_FETCH_ALLOW,
    logger,
  });
  const leaveCertificate =
    certificate && app.server instanceof HttpsServer
      ? followCertificate(app.server, certificate, { clock, logger })
      : undefined;
  const stop = async (): Promise<void> => {
    leaveCertificate?.();
    await closeInTime(app);
    await refusals.close();
    await follower.close();
  };
  try {
    // For that name Fastify makes a second server, on ::1, which it stops without a linger.
    const host = settings.HOST === "localhost" ? "127.0.0.1" : settings.HOST;
    const address = await app.listen({ host, port: settings.PORT });
    // "Every address" (0.0.0.0, ::) is none that a browser opens everywhere.
    const url = address.replace(/\/\/(0\.0\.0\.0|\[::\]):/, "//127.0.0.1:");
    return {
      url,
      configuredModel,
      async stop() {
        logger.info("stopping: streams and waits end within 6 s, other requests within 20 s");
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
