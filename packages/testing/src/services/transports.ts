import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { connect, type Socket } from "node:net";
import tls from "node:tls";
import { createTestAuthority } from "./test-certificates.ts";

/** How a client in a test and its server on 127.0.0.1 talk: the same test runs with and without TLS. */
export interface Transport {
  name: "HTTP" | "HTTPS";
  /** A server's certificate, with its key. */
  secure: { cert: string; key: string } | undefined;
  createServer: (options: http.ServerOptions, listener?: http.RequestListener) => http.Server;
  /** A server's event when a client is there that a request can come from. */
  connected: "connection" | "secureConnection";
  /** Of a client that trusts the certificate's authority, and keeps connections. */
  keepingAgent: () => http.Agent;
  /** With one connection for each request where no agent is given. */
  request: (
    url: string,
    options: { agent?: http.Agent },
    onResponse?: (response: http.IncomingMessage) => void,
  ) => http.ClientRequest;
  connect: (port: number) => Socket;
}

export async function createTransports(): Promise<Transport[]> {
  const { ca, cert, key } = await issueOnce();
  return [
    {
      name: "HTTP",
      secure: undefined,
      createServer: (options, listener) => http.createServer(options, listener),
      connected: "connection",
      keepingAgent: () => new http.Agent({ keepAlive: true }),
      request: (url, { agent }, onResponse) =>
        http.request(url, { agent: agent ?? false }, onResponse),
      connect: (port) => connect(port, "127.0.0.1"),
    },
    {
      name: "HTTPS",
      secure: { cert, key },
      createServer: (options, listener) => https.createServer({ ...options, cert, key }, listener),
      connected: "secureConnection",
      keepingAgent: () => new https.Agent({ keepAlive: true, ca }),
      request: (url, { agent }, onResponse) =>
        https.request(url, { ca, agent: agent ?? false }, onResponse),
      connect: (port) => tls.connect({ port, host: "127.0.0.1", ca }),
    },
  ];
}

async function issueOnce(): Promise<{ ca: string; cert: string; key: string }> {
  const authority = await createTestAuthority();
  try {
    const { certPath, keyPath } = await authority.issue();
    return {
      ca: await readFile(authority.certPath, "utf8"),
      cert: await readFile(certPath, "utf8"),
      key: await readFile(keyPath, "utf8"),
    };
  } finally {
    await authority.remove();
  }
}
