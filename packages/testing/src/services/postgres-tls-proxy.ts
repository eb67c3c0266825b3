import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { CertificateFiles } from "./test-certificates.ts";

export interface PostgresTlsProxy {
  /** The target's URL with this proxy's address. */
  url: string;
  /** How its clients have connected, in their order. */
  connections: readonly ("encrypted" | "plain")[];
  close(): Promise<void>;
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest, and what agrees to it. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const AGREED = "S";

/** TLS before a Postgres that has none, as a pooler does it: the binaries of the tests are built without. */
export async function startPostgresTlsProxy(
  targetUrl: string,
  { certPath, keyPath }: CertificateFiles,
): Promise<PostgresTlsProxy> {
  const target = new URL(targetUrl);
  const secureContext = createSecureContext({
    cert: await readFile(certPath),
    key: await readFile(keyPath),
  });
  const connections: ("encrypted" | "plain")[] = [];
  const sockets = new Set<Socket>();
  const track = <One extends Socket>(socket: One): One => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const pass = (client: Socket): void => {
    const upstream = track(connect(Number(target.port), target.hostname));
    client.pipe(upstream).pipe(client);
    client.on("close", () => upstream.destroy());
  };
  const server = createServer((client) => {
    track(client).once("data", (first) => {
      if (!first.equals(SSL_REQUEST)) {
        connections.push("plain");
        client.unshift(first);
        return pass(client);
      }
      client.pause();
      client.write(AGREED);
      const secure = track(new TLSSocket(client, { isServer: true, secureContext }));
      secure.on("secure", () => {
        connections.push("encrypted");
        pass(secure);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    connections,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
