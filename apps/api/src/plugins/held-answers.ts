import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { isLarge, type ReaderMemory } from "../modules/runs/reader-memory.ts";

interface HeldAnswers {
  stallMs: number;
  memory: ReaderMemory;
  cutOff: (response: ServerResponse) => void;
}

/** Requests that a connection may have under way: answers wait in memory for those before them. */
const PIPELINED_MAX = 8;

/** What nobody takes of an answer is not held for ever, and of all answers together not without a bound. */
export function boundHeldAnswers(app: FastifyInstance, { memory, ...options }: HeldAnswers): void {
  const underWay = new WeakMap<Socket, number>();
  const count = (socket: Socket, by: 1 | -1): number => {
    const counted = (underWay.get(socket) ?? 0) + by;
    underWay.set(socket, counted);
    return counted;
  };
  app.addHook("onRequest", (request, { raw }, done) => {
    const { socket } = request.raw;
    raw.once("close", () => count(socket, -1));
    if (count(socket, 1) > PIPELINED_MAX) return options.cutOff(raw);
    cutWhenStalled(raw, options);
    done();
  });
  app.addHook("onSend", (_request, { raw }, payload, done) => {
    // A client that is gone already takes nothing, and no close comes for it.
    if (typeof payload === "string" && isLarge(payload) && !raw.closed && !raw.destroyed) {
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
