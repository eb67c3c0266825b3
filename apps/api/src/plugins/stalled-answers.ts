import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";

interface StallOptions {
  stallMs: number;
  cutOff: (response: ServerResponse) => void;
}

/** Of every answer: what nobody takes is not held for ever. */
export function cutStalledAnswers(app: FastifyInstance, options: StallOptions): void {
  app.addHook("onRequest", async (_request, reply) => cutWhenStalled(reply.raw, options));
}

/** @internal Cuts off a client that takes nothing of its answer for `stallMs`, within twice that time. */
export function cutWhenStalled(response: ServerResponse, { stallMs, cutOff }: StallOptions): void {
  // Node calls it where not one byte has come or left meanwhile: also where the answer is still to come.
  response.setTimeout(stallMs, () => {
    if ((response.socket?.writableLength ?? 0) > 0) cutOff(response);
  });
}
