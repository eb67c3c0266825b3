import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { sendEventStream } from "./event-stream.ts";
import { firstLook } from "./first-look.ts";
import { runFrames, type StreamedRun } from "./run-frames.ts";

/** Answers with the run's frames after a position. Error: `invalid_event_id`, before the stream begins. */
export async function streamRun(
  api: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { signal, ...streamed }: StreamedRun & { signal: AbortSignal },
): Promise<void> {
  const { runId } = streamed;
  const { tenantId } = request.principal;
  // First the hint of a run admitted just now leaves: what a stream sets up takes half a millisecond.
  if (streamed.queued) await nextTurn();
  const frames = await firstLook(await runFrames(api, streamed, { tenantId, signal }), signal);
  reply.hijack();
  reply.raw.setHeader("content-location", `/runs/${runId}`);
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  try {
    const cutOff = (): void => api.openRequests.cutOff(request.raw.socket);
    await sendEventStream(reply.raw, frames, { signal, cutOff, ...api.streams });
  } catch (error) {
    request.log.error({ err: error, run_id: runId }, "stream failed");
  }
}
