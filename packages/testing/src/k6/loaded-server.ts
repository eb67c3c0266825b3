import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** One request as it came. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, unknown>>;
  body: string;
}

export interface LoadedServer extends AsyncDisposable {
  url: string;
  seen: readonly SeenRequest[];
}

export interface LoadedAnswer {
  status?: number;
  json?: unknown;
  headers?: Record<string, string>;
  delayMs?: number;
}

/** A server on loopback for tests of the runner: it answers what it is told to. */
export async function startLoadedServer(
  answer: (request: SeenRequest) => LoadedAnswer,
): Promise<LoadedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const { method = "", url: path = "", headers } = incoming;
      const request = { method, path, headers, body };
      seen.push(request);
      const { status = 200, json = {}, headers: more, delayMs = 0 } = answer(request);
      setTimeout(() => {
        response.writeHead(status, { "content-type": "application/json", ...more });
        response.end(JSON.stringify(json));
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
