import { type Authentication, createCredentialVerifier } from "@llamaagent/auth";
import type { Environment, PluginRegistry, TenantCounts } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import { readQueueLoad, type RunFollower, type RunsContext } from "@llamaagent/runs";
import { type FetchAllowance, nothingAllowed } from "@llamaagent/tools/manifest";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { FurnishTenant, StreamLimits } from "./api-dependencies.ts";
import { describeRoutes } from "./modules/openapi/describe-routes.ts";
import { docsPage } from "./modules/openapi/docs-page.ts";
import { createIdleCloser } from "./close-idle-connections.ts";
import { holdRequests } from "./hold-requests.ts";
import { createLinger } from "./linger.ts";
import { type LoadSettings, loadSettings } from "./load/load-settings.ts";
import { measureLoopDelay } from "./load/loop-delay.ts";
import { createQueueGate } from "./load/queue-gate.ts";
import { challengeOf } from "./modules/auth/protected-resource.ts";
import { createAdmission } from "./modules/runs/admission.ts";
import { createReaderMemory } from "./reader-memory.ts";
import { createOpenRequests } from "./open-requests.ts";
import { authenticate } from "./plugins/authenticate.ts";
import { answerConnectionError } from "./plugins/connection-errors.ts";
import { parseJsonBodies } from "./plugins/json-body.ts";
import { endWithTheirCredentials } from "./plugins/end-with-their-credentials.ts";
import { boundHeldAnswers } from "./plugins/held-answers.ts";
import { limitAddresses } from "./plugins/limit-addresses.ts";
import { limitRates } from "./plugins/limit-rates.ts";
import { logRequests } from "./plugins/log-requests.ts";
import { methodsNotAllowed } from "./plugins/method-not-allowed.ts";
import { ownTokens } from "./plugins/own-tokens.ts";
import { answerProblems, sendProblem } from "./plugins/problems.ts";
import { answerRequestId, requestId } from "./plugins/request-id.ts";
import { serveThisMachineOnly } from "./plugins/this-machine-only.ts";
import { validateRequests } from "./plugins/validation.ts";
import { isForWebSocket, serveWebSockets } from "./plugins/web-sockets.ts";
import { shedWhenLate, shedWhenQueued } from "./plugins/shed-load.ts";
import { secureHeaders } from "./plugins/secure-headers.ts";
import { registerRoutes } from "./register-routes.ts";

export interface ApiOptions {
  context: RunsContext;
  follower: RunFollower;
  registry: PluginRegistry;
  /** For the settings of model providers; nothing else reads it. */
  environment: Environment;
  usesRedis: boolean;
  /** Absent: nobody is asked who calls, and only this machine is served. */
  authentication?: Authentication | undefined;
  /** Addresses and networks whose `X-Forwarded-For` says who calls; absent: none. */
  trustedProxies?: string[] | undefined;
  /** Where webhooks may be sent to besides the public internet; absent: nowhere. */
  fetchAllowance?: FetchAllowance;
  /** Of the open streams and waits of all replicas; absent: this process is the only one. */
  openCounts?: TenantCounts | undefined;
  /** When to refuse what would only wait; absent: as by default. */
  load?: LoadSettings | undefined;
  /** Absent: with nothing. */
  furnishTenant?: FurnishTenant;
  logger: Logger;
  streams?: Partial<StreamLimits> | undefined;
}

const BODY_BYTES_MAX = 1024 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
/** Of all clients together: a thousand that take nothing of a large answer must not fill the memory. */
const READER_BYTES_MAX = 256 * 1024 * 1024;
const HEADERS_MS = 15_000;
/** For the whole of a request, also the slowest upload of 10 MiB. */
const REQUEST_MS = 120_000;
const KEEP_ALIVE_MS = 72_000;

/** The HTTP server, not listening yet. The caller closes what it gave, after `close()`. */
export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
  const { context, follower, registry, environment, usesRedis, authentication, logger } = options;
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger, // its type would else be a parameter of every plug-in
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "request_id",
    }),
    genReqId: requestId(context.newId),
    requestIdHeader: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_MS,
      // How often Node looks at both time-outs; its default is 30 s.
      connectionsCheckingInterval: 5_000,
      shouldUpgradeCallback: isForWebSocket,
    },
    // Fastify's own answer is no problem document; requests that still come are answered as ever.
    return503OnClosing: false,
    trustProxy: options.trustedProxies ?? false,
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: answerConnectionError,
  });
  const memory = createReaderMemory(READER_BYTES_MAX);
  const streams = { heartbeatMs: 15_000, stallMs: 30_000, memory, ...options.streams };
  const openRequests = createOpenRequests(options.openCounts);
  const requests = holdRequests(app);
  const linger = createLinger(app.server);
  const closeIdleConnections = createIdleCloser(app.server);
  app.addHook("preClose", async () => {
    openRequests.announceClose();
    if (app.server.listening) {
      await linger(requests.hold);
      closeIdleConnections();
    }
    // After the close, which is this turn's: a client that had its end before would be back too early.
    setImmediate(() => {
      openRequests.closeAll();
      requests.release();
    });
  });

  logRequests(app);
  boundHeldAnswers(app, {
    stallMs: streams.stallMs,
    memory,
    cutOff: (socket) => openRequests.cutOff(socket),
  });
  answerRequestId(app);
  secureHeaders(app);
  answerProblems(app);
  const { clock, newId } = context;
  const load = options.load ?? loadSettings.parse({});
  const delay = measureLoopDelay();
  app.addHook("onClose", () => delay.close());
  shedWhenLate(app, delay, load.LLAMAAGENT_SHED_DELAY_MS);
  const tokens = authentication && (await ownTokens(app, authentication.tokenKeys, newId));
  const credentials =
    authentication && createCredentialVerifier({ ...authentication, tokens, clock });
  if (authentication && credentials) limitAddresses(app, authentication.addresses, credentials);
  else serveThisMachineOnly(app);
  authenticate(app, credentials, authentication && challengeOf(authentication));
  if (authentication) limitRates(app, authentication.limits);
  await serveWebSockets(app);
  if (credentials) endWithTheirCredentials(app, { credentials, openRequests, logger });
  parseJsonBodies(app);
  // Past the bound, for some runs may pass it by a fifth; no further, for counting takes time.
  const countedTo = 2 * load.LLAMAAGENT_SHED_QUEUED_RUNS;
  shedWhenQueued(
    app,
    createQueueGate({
      look: () => readQueueLoad(context.db, countedTo),
      clock,
      settings: load,
      onError: (err) => logger.warn({ err }, "how long the queue is could not be seen"),
    }),
  );
  const rest = methodsNotAllowed(app);
  validateRequests(app);
  await describeRoutes(app);

  await registerRoutes(app, {
    context,
    follower,
    registry,
    environment,
    usesRedis,
    admission: createAdmission(options.fetchAllowance ?? nothingAllowed),
    openRequests,
    streams,
    tokens,
    authentication,
    furnishTenant: options.furnishTenant ?? (async () => undefined),
  });
  await docsPage(app);
  rest.answer();
  return app;
}
