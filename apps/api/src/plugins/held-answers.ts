import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { isLarge, type ReaderMemory } from "../reader-memory.ts";
import { createStallGuard } from "../stall-guard.ts";

interface HeldAnswers {
  stallMs: number;
  memory: ReaderMemory;
  cutOff: (socket: Socket) => void;
}

/** Requests that a connection may have under way: answers wait in memory for those before them. */
const PIPELINED_MAX = 8;

/** What nobody takes of an answer is not held for ever, and of all answers together not without a bound. */
export function boundHeldAnswers(
  app: FastifyInstance,
  { stallMs, memory, cutOff }: HeldAnswers,
): void {
  const stalls = createStallGuard({ stallMs, cutOff });
  // A close waits for those that take nothing, too: hooks of Fastify's come before.
  app.server.once("close", () => stalls.close());
  const underWay = new WeakMap<Socket, number>();
  const count = (socket: Socket, by: 1 | -1): number => {
    const counted = (underWay.get(socket) ?? 0) + by;
    underWay.set(socket, counted);
    return counted;
  };
  app.addHook("onRequest", (request, { raw }, done) => {
    const { socket } = request.raw;
    raw.once("close", () => count(socket, -1));
    if (count(socket, 1) > PIPELINED_MAX) return cutOff(socket);
    stalls.watch(socket);
    done();
  });
  app.addHook("onSend", ({ raw: { socket } }, { raw }, payload, done) => {
    // A client that is gone already takes nothing, and no close comes for it.
    if (typeof payload === "string" && isLarge(payload) && !raw.closed && !raw.destroyed) {
      const place = memory.underWay(() => cutOff(socket));
      place.hold(Buffer.byteLength(payload));
      raw.once("close", () => place.close());
    }
    done(null, payload);
  });
}
