import type { WebSocket } from "@fastify/websocket";
import type { FastifyRequest } from "fastify";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { logRequest } from "../../plugins/log-requests.ts";
import { firstLook } from "./first-look.ts";
import { runFrames, type StreamedRun } from "./run-frames.ts";
import { sendFrames } from "./send-frames.ts";

/** The WebSocket twin of a run's stream. */
export interface RunSockets {
  /** Before the upgrade, so that what is wrong is answered as HTTP. Error: `invalid_event_id`. */
  open: (request: FastifyRequest, streamed: StreamedRun) => Promise<void>;
  /** After it: sends what was opened. */
  serve: (socket: WebSocket, request: FastifyRequest) => Promise<void>;
}

export function createRunSockets(api: ApiDependencies): RunSockets {
  const { openRequests, streams } = api;
  const opened = new WeakMap<FastifyRequest, (socket: WebSocket) => Promise<void>>();
  return {
    async open(request, streamed) {
      const begunAt = performance.now();
      const connection = request.raw.socket;
      const signal = openRequests.track(connection, request.principal);
      const { tenantId } = request.principal;
      const frames = await firstLook(await runFrames(api, streamed, { tenantId, signal }), signal);
      opened.set(request, async (socket) => {
        socket.once("close", () => logRequest(request, 101, performance.now() - begunAt));
        try {
          await sendFrames(socket, frames, { signal, ...streams });
        } catch (error) {
          request.log.error({ err: error, run_id: streamed.runId }, "stream failed");
        }
      });
    },
    async serve(socket, request) {
      await opened.get(request)?.(socket);
    },
  };
}
