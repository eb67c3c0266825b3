import { compareEventIds, type RunEvent, type StreamMode } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readSocket } from "../api/read-socket.ts";
import type { ReadEvent } from "../api/read-events.ts";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import type { FakeChatRequest } from "../fake-openai-request.ts";
import type { Turn } from "../fake-openai-turn.ts";
import { startEmbeddedServer } from "../server/embedded-server.ts";
import type { RunningServer } from "../server/running-server.ts";
import { startScaledServer } from "../server/scaled-server.ts";

/** Two counts side by side, then a long answer. */
function script({ turn }: FakeChatRequest): Turn {
  const count = (to: number) => ({ name: "count_slowly", arguments: { to, everyMs: 40 } });
  if (turn === 0) return { text: "I count.", toolCalls: [count(20), count(10)] };
  return { chunks: Array.from({ length: 20 }, (_, n) => `word${n} `), chunkDelayMs: 40 };
}

interface Killable extends RunningServer {
  /** kill -9 of the API, and a new start at the same URL. */
  killApi(): Promise<void>;
}

const topologies: { name: string; start: (env: NodeJS.ProcessEnv) => Promise<Killable> }[] = [
  {
    name: "embedded, the worker with it",
    async start(env) {
      const server = await startEmbeddedServer(env);
      return { ...server, killApi: () => server.killAndRestart() };
    },
  },
  ...(inject("databaseUrl") && inject("redisUrl")
    ? [
        {
          name: "scaled, the worker stays",
          async start(env: NodeJS.ProcessEnv) {
            const server = await startScaledServer({ apis: 1, workers: 1, env });
            const killApi = async (): Promise<void> => {
              await server.apis[0]?.kill("SIGKILL");
              await server.restartApi(0);
            };
            return { ...server, killApi };
          },
        },
      ]
    : []),
];

const modes: StreamMode[][] = [
  ["events"],
  ["messages"],
  ["updates"],
  ["values"],
  ["custom"],
  ["values", "updates", "messages", "custom"],
];

describe.each(topologies)("an API killed in the middle of a stream, $name", ({ start }) => {
  let model: FakeOpenAi;
  let server: Killable;
  beforeAll(async () => {
    model = await startFakeOpenAi({ script });
    server = await start({
      LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/counting-plugin.ts",
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: "fake-key",
    });
    const agent = { name: "counter", model: "openai/fake-model", tools: ["count_slowly"] };
    await server.clients[0]?.agents.create(agent);
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
  });

  const client = () => {
    const [first] = server.clients;
    if (first === undefined) throw new Error("the server has no API");
    return first;
  };

  it.each(modes.map((streamMode) => ({ streamMode })))(
    "reads on in $streamMode without a gap or a repeat",
    { timeout: 120_000 },
    async ({ streamMode }) => {
      const read: RunEvent[] = [];
      let killing: Promise<void> | undefined;
      const run = { agent_id: "counter", input: "count" };
      for await (const event of client().runs.stream(run, { streamMode })) {
        read.push(event);
        // In the first message, in a count, after a step: each mode has a third event in the middle.
        if (read.length === 3) killing = server.killApi();
      }
      await killing;
      const runId = read[0]?.data.run_id ?? "";
      const whole: RunEvent[] = [];
      for await (const event of client().runs.stream(runId, { streamMode })) whole.push(event);
      expect(new Set(read.map(({ id }) => id)).size).toBe(read.length);
      expect(durable(read)).toEqual(whole);
      const values = whole.findLast(({ type }) => type === "values");
      const { run: ended, ...waited } = await client().runs.wait(runId);
      expect(ended.status).toBe("success");
      if (values) expect(values.data).toMatchObject(waited);
    },
  );

  it("reads on over WebSockets", { timeout: 120_000 }, async () => {
    const { run_id: runId } = await client().runs.create({ agent_id: "counter", input: "count" });
    const url = `${server.urls[0]}/runs/${runId}/stream?stream_mode=values&stream_mode=messages`;
    const read: ReadEvent[] = [];
    let killing: Promise<void> | undefined;
    for (;;) {
      const position = read.length === 0 ? "" : `&after=${read.at(-1)?.id}`;
      const { code } = await readSocket(`${url}${position}`, {
        onFrame(_socket, frame) {
          read.push(frame);
          if (read.length === 3) killing = server.killApi();
        },
      });
      if (code === 1000) break;
      expect(code).toBe(1006);
      await killing;
    }
    const whole = (await readSocket(url)).frames;
    expect(durable(read.map(toEvent))).toEqual(whole.map(toEvent));
  });
});

function toEvent({ id, event, data }: ReadEvent): RunEvent {
  return { id, type: event, data: JSON.parse(data) as object } as RunEvent; // as the server promises
}

/** Without what a later epoch voided. */
function durable(read: readonly RunEvent[]): RunEvent[] {
  let kept: RunEvent[] = [];
  for (const event of read) {
    const { after } = event.data;
    const [epoch] = event.id.split("-");
    if (after !== undefined)
      kept = kept.filter(({ id }) => id.startsWith(`${epoch}-`) || compareEventIds(id, after) <= 0);
    kept.push(event);
  }
  return kept;
}
