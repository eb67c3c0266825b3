import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { ChatRequest } from "@llamaagent/core";
import { createOpenaiChatModel } from "../openai-chat-model.ts";

export const hello: ChatRequest = { messages: [{ role: "user", content: "Hello" }], tools: [] };
export const options = { signal: new AbortController().signal, step: "model/0" };

export const eventStream = { "content-type": "text/event-stream" };
export const chunk = (content: string, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason }] })}\n\n`;
export const hiStream = `${chunk("Hi")}${chunk("", "stop")}data: [DONE]\n\n`;
export const answerHi = (response: ServerResponse): unknown =>
  response.writeHead(200, eventStream).end(hiStream);

interface SeenRequest {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** A server whose answers are written by hand; tells of requests and connections. */
export async function serveByHand(answer: (response: ServerResponse, path: string) => unknown) {
  const seen: SeenRequest[] = [];
  let opened = 0;
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url: path = "", headers } = request;
    const body = method === "POST" ? await json(request) : undefined;
    seen.push({ method, path, headers, body });
    await answer(response, path);
  }
  const server = createServer((request, response) => void take(request, response));
  server.on("connection", () => opened++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { origin: `http://127.0.0.1:${address.port}`, seen, opened: () => opened };
}

export function modelByHand(baseUrl: string, more: { idleTimeoutMs?: number } = {}) {
  return createOpenaiChatModel({
    id: "openai/by-hand",
    model: "by-hand",
    baseUrl,
    apiKey: "sk-mine",
    idleTimeoutMs: more.idleTimeoutMs ?? 20_000,
    limitField: "max_tokens",
  });
}

/** The texts, and `|` for the end. */
export async function streamed(baseUrl: string): Promise<string> {
  const parts = await Array.fromAsync(modelByHand(baseUrl).stream(hello, options));
  return parts.map((part) => (part.type === "text" ? part.text : "|")).join("");
}
