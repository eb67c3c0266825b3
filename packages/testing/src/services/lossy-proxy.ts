import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as send,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export interface ProxiedRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** What the target answered, whether the client was given it or not. */
  answer?: { status: number; headers: IncomingHttpHeaders };
}

export interface LossyProxy {
  url: string;
  /** In the order of arrival. */
  requests: readonly ProxiedRequest[];
  /**
   * The next answer to a request for this path is lost: once the target answers, the client's connection
   * is closed, after so many bytes of the body; without `afterBytes` nothing at all has reached it.
   */
  loseNext(path: string, options?: { afterBytes?: number }): void;
  close(): Promise<void>;
}

/** An HTTP proxy before a server that is given by URL. `own` answers by itself what it returns true for. */
export async function createLossyProxy(
  targetUrl: string,
  own: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<LossyProxy> {
  const { hostname, port } = new URL(targetUrl);
  const requests: ProxiedRequest[] = [];
  const losses: { path: string; afterBytes: number | undefined }[] = [];
  const server = createServer((request, response) => {
    if (own(request, response)) return;
    const { method = "GET", url: path = "/", headers } = request;
    const proxied: ProxiedRequest = { method, path, headers };
    requests.push(proxied);
    const index = losses.findIndex((loss) => loss.path === path);
    const [loss] = index === -1 ? [] : losses.splice(index, 1);
    const upstream = send({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const { statusCode: status = 0 } = answer;
      proxied.answer = { status, headers: answer.headers };
      if (loss && loss.afterBytes === undefined) return void response.destroy();
      response.writeHead(status, answer.headers);
      let left = loss?.afterBytes ?? Infinity;
      answer.on("data", (chunk: Buffer) => {
        if (left <= 0) return;
        const isLast = chunk.length >= left;
        response.write(chunk.subarray(0, left), () => isLast && response.destroy());
        left -= chunk.length;
      });
      answer.on("end", () => left > 0 && response.end());
      answer.on("error", () => response.destroy());
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo; // a TCP server's address is never a string
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    loseNext: (path, { afterBytes } = {}) => void losses.push({ path, afterBytes }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
