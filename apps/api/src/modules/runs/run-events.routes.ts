import { admitRun } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import type { AnswerHeader } from "../../schemas/answer-headers.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { cancelWhenGone } from "./cancel-when-gone.ts";
import { RunCreate, RunCreateHeaders } from "./run-create.schemas.ts";
import type { StreamedRun } from "./run-frames.ts";
import { createRunSockets } from "./run-socket.ts";
import { RunParams, StreamHeaders, StreamQuery } from "./runs.schemas.ts";
import { modesOf } from "./stream-mode.ts";
import { FROM_START, streamPosition } from "./stream-position.ts";
import { streamRun } from "./stream-run.ts";

const tags = ["Runs"];
const stream = {
  description:
    "The run's events, to its end; `id` is `<epoch>-<seq>`, by which a client that lost the stream reads on",
  headers: ["content-location"] satisfies AnswerHeader[],
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
  const { context, openRequests } = api;
  return async (app) => {
    app.post(
      "/runs/stream",
      {
        config: { permission: "runs:write", startsRuns: true },
        schema: {
          tags,
          operationId: "create_run_and_stream",
          summary: "Start a run and stream its events",
          headers: RunCreateHeaders,
          body: RunCreate,
          response: {
            200: stream,
            ...problemResponses(
              ...jsonBodyProblems,
              "not_found",
              "conflict",
              "not_available",
              "idempotency_key_reused",
            ),
          },
        },
      },
      async (request, reply) => {
        const { body, headers, principal } = request;
        const signal = openRequests.track(reply.raw, principal);
        const wanted = api.admission(body, headers);
        const { run, ...rest } = await admitRun(context, principal, wanted);
        cancelWhenGone(api, request, { run, signal });
        const modes = modesOf(body.stream_mode);
        const streamed = { runId: run.run_id, modes, position: FROM_START, ...rest, signal };
        return streamRun(api, request, reply, streamed);
      },
    );

    const sockets = createRunSockets(api);
    const streamed = ({ params, query, headers }: StreamRequest): StreamedRun => {
      const lastEventId = headers["last-event-id"];
      const position = streamPosition({ lastEventId, after: query.after });
      return { runId: params.run_id, position, modes: modesOf(query.stream_mode) };
    };
    app.route({
      method: "GET",
      url: "/runs/:run_id/stream",
      exposeHeadRoute: false,
      config: { permission: "runs:read" },
      schema: {
        tags,
        operationId: "stream_run",
        summary: "Stream a run's events, from its beginning or after the last event read",
        description:
          "With `Upgrade: websocket` the same as messages `{ id, event, data }` of a WebSocket.",
        params: RunParams,
        querystring: StreamQuery,
        headers: StreamHeaders,
        response: {
          200: stream,
          ...problemResponses("not_found", "invalid_event_id", "conflict"),
        },
      },
      preHandler: async (request) => {
        if (request.ws) await sockets.open(request, streamed(request));
      },
      handler: async (request, reply) => {
        const signal = openRequests.track(reply.raw, request.principal);
        return streamRun(api, request, reply, { ...streamed(request), signal });
      },
      wsHandler: sockets.serve,
    });
  };
}

interface StreamRequest {
  params: z.infer<typeof RunParams>;
  query: z.infer<typeof StreamQuery>;
  headers: z.infer<typeof StreamHeaders>;
}
