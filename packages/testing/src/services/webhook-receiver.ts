import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { freePort } from "./free-port.ts";

export interface ReceivedWebhook {
  id: string;
  timestamp: string;
  signature: string;
  body: string;
  /** What was answered. */
  status: number;
}

export interface WebhookReceiver {
  url: string;
  /** In the order of arrival. */
  received: readonly ReceivedWebhook[];
  /** From now on it answers this. */
  answer(status: number): void;
  start(): Promise<void>;
  /** Nobody listens on its port any more. */
  stop(): Promise<void>;
}

/** An HTTP server that keeps what it is sent; not started yet. */
export async function createWebhookReceiver(): Promise<WebhookReceiver> {
  const port = await freePort();
  const received: ReceivedWebhook[] = [];
  let status = 200;
  let server: Server | undefined;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer(next) {
      status = next;
    },
    async start() {
      server = createServer((request, response) => {
        const header = (name: string): string => String(request.headers[name]);
        void text(request).then((body) => {
          received.push({
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
            body,
            status,
          });
          response.writeHead(status).end();
        });
      });
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    async stop() {
      server?.closeAllConnections();
      server?.close();
      server = undefined;
    },
  };
}
