import type { IncomingHttpHeaders } from "node:http";

/** What a WebSocket of this server speaks; the answer to a request that offers it names it. */
export const SUBPROTOCOL = "llamaagent.events";
const KEY_PREFIX = "llamaagent.key.";

/**
 * The key that a WebSocket's request offers as a subprotocol, `llamaagent.key.<base64url of the key>`:
 * a browser can set no header of that request, and an address with a key in it is logged on its way.
 */
export function webSocketKey(headers: IncomingHttpHeaders): string | undefined {
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const key = offered.find((name) => name.startsWith(KEY_PREFIX))?.slice(KEY_PREFIX.length);
  return key === undefined ? undefined : Buffer.from(key, "base64url").toString("latin1");
}
