import { START } from "@llamaagent/core";
import { admitRun, getRun } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { admission as admissionOf } from "./admission.ts";
import { RunCreate, RunCreateHeaders } from "./run-create.schemas.ts";
import { RunParams, StreamHeaders, StreamQuery } from "./runs.schemas.ts";
import { streamPosition } from "./stream-position.ts";
import { streamRun } from "./stream-run.ts";

const tags = ["Runs"];
const stream = {
  description:
    "The run's events, to its end; `id` is `<epoch>-<seq>`, by which a client that lost the stream reads on",
  content: {
    "text/event-stream": {
      schema: z.string().meta({
        examples: [
          'id: 1-3\nevent: message.delta\ndata: {"run_id":"…","at":"…","message_id":"…","text":"Hel"}\n\n',
        ],
      }),
    },
  },
};

export function runEventRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { context } = api;
  return async (app) => {
    app.post(
      "/runs/stream",
      {
        config: { permission: "runs:write" },
        schema: {
          tags,
          operationId: "create_run_and_stream",
          summary: "Start a run and stream its events",
          headers: RunCreateHeaders,
          body: RunCreate,
          response: {
            200: stream,
            ...problemResponses(
              "invalid_json",
              "not_found",
              "invalid_request",
              "not_available",
              "idempotency_key_reused",
            ),
          },
        },
      },
      async (request, reply) => {
        const wanted = admissionOf(request.body, request.headers["idempotency-key"]);
        const admission = await admitRun(context, request.principal, wanted);
        return streamRun(api, request, reply, { ...admission, after: START });
      },
    );

    app.get(
      "/runs/:run_id/stream",
      {
        exposeHeadRoute: false,
        config: { permission: "runs:read" },
        schema: {
          tags,
          operationId: "stream_run",
          summary: "Stream a run's events, from its beginning or after the last event read",
          params: RunParams,
          querystring: StreamQuery,
          headers: StreamHeaders,
          response: {
            200: stream,
            ...problemResponses("not_found", "invalid_request", "invalid_event_id"),
          },
        },
      },
      async (request, reply) => {
        const { params, query, headers, principal } = request;
        const after = streamPosition({ lastEventId: headers["last-event-id"], after: query.after });
        const run = await getRun(context, principal, params.run_id);
        return streamRun(api, request, reply, { run, after });
      },
    );
  };
}
