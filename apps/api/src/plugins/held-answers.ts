import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { isLarge, type ReaderMemory } from "../modules/runs/reader-memory.ts";

interface HeldAnswers {
  stallMs: number;
  memory: ReaderMemory;
  cutOff: (response: ServerResponse) => void;
}

/** What nobody takes of an answer is not held for ever, and of all answers together not without a bound. */
export function boundHeldAnswers(app: FastifyInstance, { memory, ...options }: HeldAnswers): void {
  app.addHook("onRequest", (_request, reply, done) => {
    cutWhenStalled(reply.raw, options);
    done();
  });
  app.addHook("onSend", (_request, { raw }, payload, done) => {
    if (typeof payload === "string" && isLarge(payload)) {
      const place = memory.underWay(() => options.cutOff(raw));
      place.hold(Buffer.byteLength(payload));
      raw.once("close", () => place.close());
    }
    done(null, payload);
  });
}

/** @internal Cuts off a client that takes nothing of its answer for `stallMs`, within twice that time. */
export function cutWhenStalled(
  response: ServerResponse,
  { stallMs, cutOff }: Omit<HeldAnswers, "memory">,
): void {
  // Node calls it where not one byte has come or left meanwhile: also where the answer is still to come.
  response.setTimeout(stallMs, () => {
    if ((response.socket?.writableLength ?? 0) > 0) cutOff(response);
  });
}
