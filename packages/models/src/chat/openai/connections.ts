import http from "node:http";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";

// HTTP/1.1: a call that is given up closes its own connection, and nothing else. The caller bounds
// the silence of the server.
const OPTIONS = { allowH2: false, headersTimeout: 0, bodyTimeout: 0 };

let shared: Dispatcher | undefined;

/**
 * The connections to all models' servers: one pool for the process, which opens as many as there are
 * calls at once and keeps idle ones for 4 s, or as long as the server says.
 */
export function modelConnections(): Dispatcher {
  shared ??= usesProxies()
    ? new EnvHttpProxyAgent({ ...OPTIONS, proxyTunnel: true })
    : new Agent(OPTIONS);
  return shared;
}

/** Whether Node was told to heed HTTP_PROXY and its like (NODE_USE_ENV_PROXY), as its fetch then does. */
function usesProxies(): boolean {
  // Every Agent of node:http keeps its options; the types leave them out.
  const { options } = http.globalAgent as http.Agent & { options?: http.AgentOptions };
  return options?.proxyEnv !== undefined;
}
