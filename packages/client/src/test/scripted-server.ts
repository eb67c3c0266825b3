import type { Runtime } from "../runtime.ts";

/** What the next request is answered with; a thrown value is a lost connection. */
export type Answer = (request: Request) => Response | Promise<Response>;

export interface ScriptedServer {
  runtime: Runtime;
  requests: { method: string; path: string; headers: Headers; body: string }[];
  /** Every wait that was asked for; none takes real time. */
  sleptMs: number[];
}

/** Answers each request with the next entry of the script, the last one again and again. */
export function scriptedServer(script: readonly Answer[], silenceMs = 45_000): ScriptedServer {
  const requests: ScriptedServer["requests"] = [];
  const sleptMs: number[] = [];
  let nowMs = 0;
  let keys = 0;
  return {
    requests,
    sleptMs,
    runtime: {
      baseUrl: "http://server",
      apiKey: undefined,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const answer = script[Math.min(requests.length, script.length - 1)];
        if (!answer) throw new TypeError("no answer in the script");
        const { pathname, search } = new URL(request.url);
        requests.push({
          method: request.method,
          path: `${pathname}${search}`,
          headers: request.headers,
          body: await request.clone().text(),
        });
        return answer(request);
      },
      retry: { attempts: 3, reconnectSeconds: 60 },
      silenceMs,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        sleptMs.push(ms);
        nowMs += ms;
      },
      monotonicMs: () => nowMs,
      random: () => 0.5,
      newKey: () => `key-${++keys}`,
    },
  };
}

export function lost(): never {
  throw new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
}

export function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Answer {
  return () => new Response(JSON.stringify(body), { status, headers });
}

/** Sends the text and ends; with `cut`, the connection breaks instead; with `hang`, it stays open. */
export function eventStream(text: string, end: "end" | "cut" | "hang" = "end"): Answer {
  return ({ signal }) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          if (text !== "") controller.enqueue(new TextEncoder().encode(text));
          signal.addEventListener("abort", () => controller.error(signal.reason));
          if (end === "end") controller.close();
        },
        pull(controller) {
          if (end === "cut") controller.error(new TypeError("terminated"));
          return new Promise<void>(() => {}); // "hang": nothing more ever comes
        },
      }),
      { headers: { "content-type": "text/event-stream" } },
    );
}
