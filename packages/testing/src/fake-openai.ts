import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { answerTurn, sendJson } from "./fake-openai-answer.ts";
import { type FakeChatRequest, parseChatRequest } from "./fake-openai-request.ts";
import type { Turn } from "./fake-openai-turn.ts";

/**
 * A list is read by the number of answers given since the last user message (the last turn repeats),
 * so that a server under test that was killed and started again meets the same script.
 */
export type FakeScript = readonly Turn[] | ((request: FakeChatRequest) => Turn);

/** One call that the server received, as `GET /calls` shows it. */
export interface FakeCall {
  /** From 1, in the order of arrival. */
  number: number;
  /** When it arrived, in Unix milliseconds. */
  at: number;
  userText: string;
  turn: number;
  stream: boolean;
  state: "open" | "answered" | "faulted" | "aborted" | "refused";
}

export interface FakeOpenAiOptions {
  script: FakeScript;
  /** Default: a free one. */
  port?: number;
  /** Demanded as bearer token where given. */
  apiKey?: string;
  /** Names at `/v1/models`. */
  models?: string[];
}

export interface FakeOpenAi {
  /** For OPENAI_BASE_URL; ends in `/v1`. */
  url: string;
  /** All calls so far; also `GET /calls` beside `/v1`. */
  calls: readonly FakeCall[];
  /** The parsed requests, in the order of `calls`, without the refused ones. */
  requests: readonly FakeChatRequest[];
  close(): Promise<void>;
}

/** Fake OpenAI server: real HTTP on 127.0.0.1, scripted answers. */
export async function startFakeOpenAi(options: FakeOpenAiOptions): Promise<FakeOpenAi> {
  const calls: FakeCall[] = [];
  const requests: FakeChatRequest[] = [];

  async function chat(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const parsed = parseChatRequest(await json(incoming));
    if (typeof parsed === "string") {
      calls.push({
        number: calls.length + 1,
        at: Date.now(),
        userText: "",
        turn: 0,
        stream: false,
        state: "refused",
      });
      sendJson(response, 400, { error: { message: parsed, type: "invalid_request_error" } });
      return;
    }
    const { userText, turn, stream } = parsed;
    const number = calls.length + 1;
    const call: FakeCall = { number, at: Date.now(), userText, turn, stream, state: "open" };
    calls.push(call);
    requests.push(parsed);
    call.state = await answerTurn(parsed, pickTurn(options.script, parsed), response);
  }

  async function route(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = `${incoming.method} ${incoming.url}`;
    if (asked === "GET /calls") return sendJson(response, 200, calls);
    const key = incoming.headers.authorization?.replace(/^Bearer /, "") ?? "";
    if (options.apiKey !== undefined && key !== options.apiKey)
      return sendJson(response, 401, {
        error: { message: `Incorrect API key provided: ${key}.`, code: "invalid_api_key" },
      });
    if (asked === "POST /v1/chat/completions") return chat(incoming, response);
    if (asked === "GET /v1/models") {
      const data = (options.models ?? ["fake-model"]).map((id) => ({ id, object: "model" }));
      return sendJson(response, 200, { object: "list", data });
    }
    return sendJson(response, 404, { error: { message: `no route ${asked}` } });
  }

  const server = createServer((incoming, response) => {
    route(incoming, response).catch((error: unknown) => {
      // A faulty script or a body that is no JSON: tell the caller, whoever it is.
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message: `fake OpenAI server: ${String(error)}` } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    calls,
    requests,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function pickTurn(script: FakeScript, request: FakeChatRequest): Turn {
  if (typeof script === "function") return script(request);
  const turn = script[Math.min(request.turn, script.length - 1)];
  if (!turn) throw new Error("the script is empty");
  return turn;
}
