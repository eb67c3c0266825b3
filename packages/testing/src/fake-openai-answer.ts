import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { FakeChatRequest } from "./fake-openai-request.ts";
import { type Fault, type Turn, turnPieces, turnText } from "./fake-openai-turn.ts";

type CallOutcome = "answered" | "faulted" | "aborted";

/** Sends one scripted turn. `aborted`: the client left before the end. */
export async function answerTurn(
  request: FakeChatRequest,
  turn: Turn,
  response: ServerResponse,
): Promise<CallOutcome> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const wait = (ms: number | undefined): Promise<void> =>
    ms === undefined ? Promise.resolve() : sleep(ms, undefined, { signal: gone.signal });
  try {
    await wait(turn.delayMs);
    if (turn.fault?.kind === "status") {
      sendStatus(response, turn.fault);
      return "faulted";
    }
    if (request.stream) return await sendStream(request, turn, response, wait);
    if (turn.fault) return await sendFault(turn.fault, response, wait);
    sendJson(response, 200, wholeAnswer(request, turn));
    return "answered";
  } catch (error) {
    if (gone.signal.aborted) return "aborted";
    throw error;
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendStatus(response: ServerResponse, fault: Extract<Fault, { kind: "status" }>): void {
  if (fault.retryAfterSeconds !== undefined)
    response.setHeader("retry-after", String(fault.retryAfterSeconds));
  const message = fault.message ?? `scripted status ${fault.status}`;
  sendJson(response, fault.status, { error: { message, type: "scripted", code: null } });
}

async function sendFault(
  fault: Exclude<Fault, { kind: "status" }>,
  response: ServerResponse,
  wait: (ms: number) => Promise<void>,
): Promise<CallOutcome> {
  switch (fault.kind) {
    case "silent":
      await wait(2 ** 31 - 1); // until the client leaves
      break;
    case "reset":
      response.socket?.resetAndDestroy();
      break;
    case "cut":
      response.end();
      break;
    case "malformed":
      if (!response.headersSent) response.setHeader("content-type", "application/json");
      response.end('data: {"choices": [{"del\n\n');
      break;
    case "error":
      response.end(`data: ${JSON.stringify({ error: { message: "scripted error" } })}\n\n`);
      break;
  }
  return "faulted";
}

async function sendStream(
  request: FakeChatRequest,
  turn: Turn,
  response: ServerResponse,
  wait: (ms: number | undefined) => Promise<void>,
): Promise<CallOutcome> {
  const fault = turn.fault?.kind === "status" ? undefined : turn.fault;
  if (fault && !fault.afterChunks && (fault.kind === "reset" || fault.kind === "silent"))
    return sendFault(fault, response, wait);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choices: unknown[], more: object = {}): boolean =>
    response.write(
      `data: ${JSON.stringify({ ...envelope(request, "chat.completion.chunk"), choices, ...more })}\n\n`,
    );
  const sendDelta = (delta: object): boolean => send([{ index: 0, delta, finish_reason: null }]);

  sendDelta({ role: "assistant", content: "" });
  const pieces = limitedPieces(request, turn);
  const deltas = [
    ...pieces.map((content) => ({ content })),
    ...callFragments(request, turn).map((fragment) => ({ tool_calls: [fragment] })),
  ];
  for (const [sent, delta] of deltas.entries()) {
    await wait(turn.chunkDelayMs);
    if (fault && sent >= (fault.afterChunks ?? 0)) return sendFault(fault, response, wait);
    sendDelta(delta);
  }
  if (fault) return sendFault(fault, response, wait);
  send([{ index: 0, delta: {}, finish_reason: finishReason(request, turn) }]);
  const usage = usageOf(request, turn);
  if (usage && request.includeUsage) send([], { usage });
  response.end("data: [DONE]\n\n");
  return "answered";
}

/** Parallel calls are interleaved, their arguments cut into pieces, as OpenAI streams them. */
function callFragments(request: FakeChatRequest, turn: Turn): object[] {
  const calls = wholeCalls(request, turn);
  const heads = calls.map((call, index) => ({
    index,
    ...call,
    function: { name: call.function.name, arguments: "" },
  }));
  const pieces = calls.map((call) => call.function.arguments.match(/[\s\S]{1,12}/g) ?? []);
  const longest = Math.max(0, ...pieces.map((list) => list.length));
  const rounds = Array.from({ length: longest }, (_, round) =>
    pieces.flatMap((list, index) => {
      const piece = list[round];
      return piece === undefined ? [] : [{ index, function: { arguments: piece } }];
    }),
  );
  return [...heads, ...rounds.flat()];
}

function wholeCalls(request: FakeChatRequest, turn: Turn) {
  return (turn.toolCalls ?? []).map((call, index) => ({
    ...(call.id === "missing" ? {} : { id: call.id ?? `call_${request.turn}_${index}` }),
    type: "function",
    function: {
      name: call.name,
      arguments:
        typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
    },
  }));
}

function wholeAnswer(request: FakeChatRequest, turn: Turn): object {
  const calls = wholeCalls(request, turn);
  const message = {
    role: "assistant",
    content: limitedPieces(request, turn).join("") || null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  const usage = usageOf(request, turn);
  return {
    ...envelope(request, "chat.completion"),
    choices: [{ index: 0, message, finish_reason: finishReason(request, turn) }],
    ...(usage ? { usage } : {}),
  };
}

function envelope(request: FakeChatRequest, object: string): object {
  return { id: "chatcmpl-fake", object, created: 0, model: request.model };
}

/** A piece counts as a token here. */
function limitedPieces(request: FakeChatRequest, turn: Turn): string[] {
  return turnPieces(turn).slice(0, request.maxTokens);
}

function finishReason(request: FakeChatRequest, turn: Turn): string {
  if (limitedPieces(request, turn).length < turnPieces(turn).length) return "length";
  return turn.finishReason ?? (turn.toolCalls?.length ? "tool_calls" : "stop");
}

function usageOf(request: FakeChatRequest, turn: Turn): object | undefined {
  if (turn.usage === "missing") return undefined;
  const counted = turn.usage ?? {
    prompt_tokens: Math.ceil(JSON.stringify(request.messages).length / 4),
    completion_tokens: Math.ceil(
      (turnText(turn) + JSON.stringify(wholeCalls(request, turn))).length / 4,
    ),
  };
  return { ...counted, total_tokens: counted.prompt_tokens + counted.completion_tokens };
}
