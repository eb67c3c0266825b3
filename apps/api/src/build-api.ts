import type { ServerOptions } from "node:http";
import { type Authentication, createCredentialVerifier, type Refusals } from "@llamaagent/auth";
import type { Environment, PluginRegistry, TenantCounts } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import { readQueueLoad, type RunFollower, type RunsContext } from "@llamaagent/runs";
import { createEnvelope, type Envelope } from "@llamaagent/protection";
import { type FetchAllowance, nothingAllowed } from "@llamaagent/tools/manifest";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { FurnishTenant, StreamLimits } from "./api-dependencies.ts";
import { describeRoutes } from "./modules/openapi/describe-routes.ts";
import { docsPage } from "./modules/openapi/docs-page.ts";
import { secureContext } from "./certificate/follow-certificate.ts";
import type { ServerCertificate } from "./certificate/read-certificate.ts";
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
import { boundHeaders } from "./plugins/bound-headers.ts";
import { answerConnectionError, ignoreExpectations } from "./plugins/connection-errors.ts";
import { answerOtherOrigins, answersPreflight, createCrossOrigin } from "./plugins/cross-origin.ts";
import { demandActs } from "./plugins/demand-acts.ts";
import { parseJsonBodies } from "./plugins/json-body.ts";
import { endWithTheirCredentials } from "./plugins/end-with-their-credentials.ts";
import { boundHeldAnswers } from "./plugins/held-answers.ts";
import { limitAddresses } from "./plugins/limit-addresses.ts";
import { limitRates } from "./plugins/limit-rates.ts";
import { logRequests } from "./plugins/log-requests.ts";
import { methodsNotAllowed } from "./plugins/method-not-allowed.ts";
import { ownTokens } from "./plugins/own-tokens.ts";
import { answerProblems, sendProblem } from "./plugins/problems.ts";
import { recordRefusals } from "./plugins/record-refusals.ts";
import { answerRequestId, requestId } from "./plugins/request-id.ts";
import { serveThisMachineOnly } from "./plugins/this-machine-only.ts";
import { validateRequests } from "./plugins/validation.ts";
import { isForWebSocket, serveWebSockets } from "./plugins/web-sockets.ts";
import { shedWhenLate, shedWhenQueued } from "./plugins/shed-load.ts";
import { sendSecureHeaders, setSecureHeaders } from "./plugins/secure-headers.ts";
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
  /** Who was refused, for the audit log. */
  refusals: Pick<Refusals, "note">;
  /** Addresses and networks whose `X-Forwarded-For` says who calls; absent: none. */
  trustedProxies?: string[] | undefined;
  /** Of pages elsewhere that may read answers, as browsers send them; absent: none. */
  corsOrigins?: string[] | undefined;
  /** Where webhooks may be sent to besides the public internet; absent: nowhere. */
  fetchAllowance?: FetchAllowance;
  /** Of the open streams and waits of all replicas; absent: this process is the only one. */
  openCounts?: TenantCounts | undefined;
  /** Absent: HTTP without TLS. */
  certificate?: ServerCertificate | undefined;
  /** When to refuse what would only wait; absent: as by default. */
  load?: LoadSettings | undefined;
  /** Absent: there is no master key, so that no secret can be stored. */
  envelope?: Envelope;
  /** Absent: with nothing. */
  furnishTenant?: FurnishTenant;
  logger: Logger;
  streams?: Partial<StreamLimits> | undefined;
  times?: Partial<RequestTimes> | undefined;
}

/** What a client has, in milliseconds. */
interface RequestTimes {
  /** For the handshake of TLS, where there is one. */
  handshakeMs: number;
  /** For the headers of a request, from its first byte on; for the first of a connection, from that or its handshake on. */
  headersMs: number;
  /** For the whole of a request, also the slowest upload of 10 MiB. */
  requestMs: number;
  /** Between two requests of a connection. */
  keepAliveMs: number;
  /** How often Node looks at the first two; its default is 30 s. */
  checkMs: number;
}

const BODY_BYTES_MAX = 1024 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
/** Of all clients together: a thousand that take nothing of a large answer must not fill the memory. */
const READER_BYTES_MAX = 256 * 1024 * 1024;
/** Of a frame under way there are three copies where it is not encrypted, and one more where it is. */
const ENCRYPTED_READER_BYTES_MAX = 0.75 * READER_BYTES_MAX;
const TIMES: RequestTimes = {
  handshakeMs: 15_000,
  headersMs: 15_000,
  requestMs: 120_000,
  keepAliveMs: 72_000,
  checkMs: 5_000,
};

/** The HTTP server, not listening yet. The caller closes what it gave, after `close()`. */
export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
  const { context, follower, registry, environment, usesRedis, authentication, logger } = options;
  const { certificate } = options;
  const times = { ...TIMES, ...options.times };
  const crossOrigin = createCrossOrigin(options.corsOrigins ?? []);
  const server = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: times.headersMs,
    connectionsCheckingInterval: times.checkMs,
    shouldUpgradeCallback: isForWebSocket,
    ...(certificate && secureContext(certificate)),
    handshakeTimeout: times.handshakeMs,
  };
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger, // its type would else be a parameter of every plug-in
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "request_id",
    }),
    genReqId: requestId(context.newId),
    requestIdHeader: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: times.requestMs,
    keepAliveTimeout: times.keepAliveMs,
    // Its types tell the two apart, and nothing here does.
    ...({ [certificate ? "https" : "http"]: server } as { http?: ServerOptions }),
    // Fastify's own answer is no problem document; requests that still come are answered as ever.
    return503OnClosing: false,
    trustProxy: options.trustedProxies ?? false,
    routerOptions: { maxParamLength: 1024 },
    // Of a URL that no hook is called for.
    frameworkErrors(error, request, reply) {
      setSecureHeaders(reply.raw);
      if (!answersPreflight(crossOrigin, request, reply)) sendProblem(error, request, reply);
    },
    clientErrorHandler: answerConnectionError,
  });
  const memory = createReaderMemory(certificate ? ENCRYPTED_READER_BYTES_MAX : READER_BYTES_MAX);
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
  sendSecureHeaders(app);
  answerProblems(app);
  recordRefusals(app, options.refusals);
  demandActs(app);
  answerOtherOrigins(app, crossOrigin);
  boundHeaders(app);
  ignoreExpectations(app.server);
  const { clock, newId } = context;
  const load = options.load ?? loadSettings.parse({});
  const delay = measureLoopDelay();
  app.addHook("onClose", () => delay.close());
  shedWhenLate(app, delay, load.LLAMAAGENT_SHED_DELAY_MS);
  const envelope = options.envelope ?? createEnvelope([]);
  const tokens = authentication && (await ownTokens(app, authentication.tokenKeys, newId));
  const credentials =
    authentication && createCredentialVerifier({ ...authentication, tokens, clock });
  if (authentication && credentials) limitAddresses(app, authentication.addresses, credentials);
  else serveThisMachineOnly(app);
  authenticate(app, credentials, authentication && challengeOf(authentication));
  if (authentication) limitRates(app, authentication.limits);
  await serveWebSockets(app, crossOrigin);
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
    envelope,
    admission: createAdmission(options.fetchAllowance ?? nothingAllowed, envelope),
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
