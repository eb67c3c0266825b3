import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { within } from "@llamaagent/core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { type ScaledServer, startScaledServer } from "../server/scaled-server.ts";

const READERS = 250;
/** Of an answer: less than a quarter of the heap; those of all readers are many times the heap. */
const LENGTH = 3_900_000;
const HEAP_MIB = 512;

describe.runIf(inject("databaseUrl") && inject("redisUrl"))("readers that take nothing", () => {
  let model: FakeOpenAi;
  let server: ScaledServer;
  const answers: IncomingMessage[] = [];

  beforeAll(async () => {
    const chunk = "word ".repeat(400);
    const chunks = Array.from({ length: LENGTH / chunk.length }, () => chunk);
    model = await startFakeOpenAi({ script: [{ chunks }] });
    server = await startScaledServer({
      apis: 1,
      workers: 1,
      env: {
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: "fake-key",
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}`,
      },
    });
    await server.clients[0]?.agents.create({ name: "long", model: "openai/fake-model" });
  });
  afterAll(async () => {
    for (const answer of answers) answer.destroy();
    await server?.close();
    await model?.close();
  });

  it.each(["events", "values"] as const)(
    "of %s do not fill an API's memory, and one that reads gets all",
    async (mode) => {
      const [client] = server.clients;
      const [api] = server.apis;
      if (client === undefined || api === undefined) throw new Error("no API");
      const { run } = await client.runs.wait({ agent_id: "long", input: "go" });
      const url = `${server.urls[0]}/runs/${run.run_id}/stream?stream_mode=${mode}`;
      for (let n = 0; n < READERS; n += 1) {
        const [answer] = await once(get(url, { agent: false }), "response");
        answers.push(answer.pause().on("error", () => undefined));
      }
      let length = 0;
      for await (const { data } of client.runs.stream(run.run_id, { streamMode: mode }))
        length = Math.max(length, JSON.stringify(data).length);
      expect(length).toBeGreaterThan(LENGTH);
      // Whatever became of it, the client would have found another.
      expect(await within(api.exited, 0, undefined)).toBeUndefined();
    },
    // Of values, those that came first have their places for up to 60 s.
    180_000,
  );
});
