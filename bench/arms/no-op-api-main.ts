/**
 * Our own HTTP server with one route more: `POST /no-op` takes the body of `POST /runs`, is parsed,
 * validated, asks for the key and is logged like it, and then does nothing.
 */
import { buildApi, RunCreate, RunCreateHeaders } from "@llamaagent/api";
import { authSettings, createAuthentication } from "@llamaagent/auth";
import { createPluginRegistry, readSettings, systemClock } from "@llamaagent/core";
import { createPostgres } from "@llamaagent/db";
import { createLogger } from "@llamaagent/observability";
import { createRunFollower, createRunsContext, inProcessAdapters } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { uuidv7 } from "uuidv7";

const [databaseUrl = ""] = process.argv.slice(2);
const logger = createLogger({ level: "info", service: "api" });
const adapters = inProcessAdapters();
const db = createPostgres({ url: databaseUrl });
const follower = createRunFollower({
  db,
  tail: adapters.tail,
  clock: systemClock,
  onError: (error) => logger.warn({ err: error }, "readers could not be compared"),
});
const app = await buildApi({
  context: createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 }),
  follower,
  registry: createPluginRegistry([]),
  environment: {},
  refusals: { note: () => undefined },
  usesRedis: true,
  authentication: createAuthentication({
    db,
    clock: systemClock,
    settings: readSettings(authSettings, {
      LLAMAAGENT_RATE_LIMIT_CALLER: "1000000",
      LLAMAAGENT_RATE_LIMIT_TENANT: "1000000",
    }),
    onError: (error) => logger.warn(error),
    onRefused: () => undefined,
  }),
  logger,
});

const noOp: FastifyPluginAsyncZod = async (scope) => {
  scope.post(
    "/no-op",
    {
      config: { permission: "runs:write" },
      schema: { hide: true, headers: RunCreateHeaders, body: RunCreate },
    },
    async () => ({ done: true }),
  );
};
await app.register(noOp);
process.stdout.write(`listening at ${await app.listen({ host: "127.0.0.1", port: 0 })}\n`);
