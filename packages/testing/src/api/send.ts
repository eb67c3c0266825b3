import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import https from "node:https";

export interface Sent {
  method?: string;
  /** Sent as it is: not normalised, as fetch would. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Uint8Array;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  bytes: Buffer;
  /** Parsed where the answer is JSON. */
  json: unknown;
}

export async function send(url: string, sent: Sent): Promise<Answer> {
  const { protocol, hostname, port } = new URL(url);
  const { request } = protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const { method = "GET", path, body } = sent;
    // For DELETE and OPTIONS Node sends a body without saying where it ends.
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const headers = { ...length, ...sent.headers };
    const outgoing = request(
      { hostname, port, method, path, headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString("utf8");
          const isJson = text !== "" && /json/.test(incoming.headers["content-type"] ?? "");
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            bytes,
            json: isJson ? (JSON.parse(text) as unknown) : undefined,
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export const withHeaders = (sent: Sent, headers: OutgoingHttpHeaders): Sent => ({
  ...sent,
  headers: { ...sent.headers, ...headers },
});

export function sendJson(url: string, method: string, path: string, body: unknown, headers = {}) {
  return send(url, {
    method,
    path,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}
