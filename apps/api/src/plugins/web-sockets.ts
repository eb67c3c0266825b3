import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import websocket from "@fastify/websocket";
import { AppError } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";
import type { CrossOrigin } from "./cross-origin.ts";
import { SUBPROTOCOL } from "./web-socket-key.ts";

/** Clients have nothing to say. */
const MESSAGE_BYTES_MAX = 1_024;

/**
 * Whether Node lets go of a request for a WebSocket. All others that ask for an upgrade are answered as
 * if they had not: Java's client offers h2c with whatever it sends.
 */
export function isForWebSocket({ method, url, headers }: IncomingMessage): boolean {
  const isStream = /^[^?]*\/runs\/[^/?]+\/stream(?:\?|$)/.test(url ?? "");
  return isStream && method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

/** Register it after what guards requests: these hooks hold for a WebSocket's too, before the upgrade. */
export async function serveWebSockets(
  app: FastifyInstance,
  { socketFault }: Pick<CrossOrigin, "socketFault">,
): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: MESSAGE_BYTES_MAX,
      handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    },
    // A peer that breaks the protocol or the connection; its close frame is sent already.
    errorHandler: (error, socket, request) => {
      request.log.info({ err: error }, "a WebSocket broke off");
      socket.terminate();
    },
    // They end with the other streams.
    preClose: (done) => done(),
  });
  app.addHook("onRequest", async (request, reply) => {
    if (!request.ws) return;
    const foreign = socketFault(request.headers);
    if (foreign !== undefined) throw new AppError("forbidden", { detail: foreign });
    const fault = handshakeFault(request.headers);
    if (fault === undefined) return;
    reply.header("sec-websocket-version", "13");
    throw new AppError("bad_request", { detail: fault });
  });
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const PROTOCOLS = new RegExp(`^${TOKEN}(?:[ \\t]*,[ \\t]*${TOKEN})*$`);

/** What the library would answer without a problem document (RFC 6455, 4.2.1). */
function handshakeFault(headers: IncomingHttpHeaders): string | undefined {
  if (headers["sec-websocket-version"] !== "13") return "Sec-WebSocket-Version must be 13";
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? ""))
    return "Sec-WebSocket-Key must be 16 bytes in base64";
  const offered = headers["sec-websocket-protocol"];
  if (offered === undefined) return undefined;
  const names = offered.split(",").map((name) => name.trim());
  if (!PROTOCOLS.test(offered) || new Set(names).size < names.length)
    return "Sec-WebSocket-Protocol must be a list of different names";
  return undefined;
}
