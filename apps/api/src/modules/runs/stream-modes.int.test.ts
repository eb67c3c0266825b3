import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReadEvent, readEvents } from "@llamaagent/testing/api/read-events";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

const combinations = [
  ["events"],
  ["messages"],
  ["updates"],
  ["values"],
  ["custom"],
  ["values", "messages"],
  ["events", "values", "messages", "updates", "custom"],
];
const query = (modes: string[]): string => modes.map((mode) => `stream_mode=${mode}`).join("&");

describe.each(topologies)("stream modes, $name", ({ isThere, start }) => {
  let api: TestApi;
  let runUrl: string;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await api.startWorker();
    const agent = { name: "tools", model: "test/tools", tools: ["echo"] };
    await sendJson(api.url, "POST", "/agents", agent);
    const body = { agent_id: "tools", input: "Hi" };
    const { json } = await sendJson(api.url, "POST", "/runs/wait", body);
    runUrl = `${api.url}/runs/${(json as { run: { run_id: string } }).run.run_id}`;
  });
  afterAll(() => api?.close());

  const stream = async (modes: string[], after?: string): Promise<ReadEvent[]> => {
    const position = after === undefined ? "" : `&after=${after}`;
    return (await readEvents(`${runUrl}/stream?${query(modes)}${position}`)).events;
  };

  describe.runIf(isThere)("of a run with tools", () => {
    it("ends in the values that a wait answers with", async () => {
      const events = await stream(["values"]);
      const values = events.filter(({ event }) => event === "values");
      const waited = (await (await fetch(`${runUrl}/wait`)).json()) as object;
      // Two answers of the model, two calls, the end.
      expect(values).toHaveLength(5);
      const { run_id, at, ...last } = JSON.parse(values.at(-1)?.data ?? "") as Record<
        string,
        unknown
      >;
      const { run: _, ...expected } = waited as { run: unknown };
      expect(last).toEqual(expected);
      expect([run_id, at]).toEqual([expect.any(String), expect.any(String)]);
    });

    it.each(combinations.map((modes) => ({ modes })))(
      "reads on after any frame of $modes, with the same bytes",
      async ({ modes }) => {
        const whole = await stream(modes);
        expect(whole.at(-1)?.event).toBe("run.completed");
        expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
        for (const [index, { id }] of whole.entries())
          expect(await stream(modes, id)).toEqual(whole.slice(index + 1));
      },
    );

    it("streams a new run in the modes that its request names", async () => {
      const body = { agent_id: "tools", input: "Hi", stream_mode: ["updates", "messages"] };
      const { events } = await readEvents(`${api.url}/runs/stream`, body);
      const names = events.map(({ event }) => event);
      expect(new Set(names)).toEqual(
        new Set([
          "run.queued",
          "run.started",
          "message.started",
          "updates",
          "message.delta",
          "message.completed",
          "run.completed",
        ]),
      );
      expect(names.filter((name) => name === "updates")).toHaveLength(4);
    });

    it("streams what a tool emits", async () => {
      const agent = { name: "count", model: "test/count", tools: ["count"] };
      await sendJson(api.url, "POST", "/agents", agent);
      const read = async (stream_mode: string) =>
        (await readEvents(`${api.url}/runs/stream`, { agent_id: "count", stream_mode })).events;
      const events = await read("custom");
      expect(events.map(({ event }) => event)).toEqual([
        "run.queued",
        "run.started",
        "tool_call.emitted",
        "tool_call.emitted",
        "tool_call.emitted",
        "run.completed",
      ]);
      expect(JSON.parse(events[3]?.data ?? "")).toEqual({
        run_id: expect.any(String),
        at: expect.any(String),
        tool_call_id: expect.any(String),
        name: "count",
        value: { n: 2 },
      });
      expect((await read("messages")).map(({ event }) => event)).not.toContain("tool_call.emitted");
    });

    it("refuses a position that the run cannot have, in any mode", async () => {
      const { pathname } = new URL(runUrl);
      for (const modes of combinations)
        expect(
          await send(api.url, { path: `${pathname}/stream?after=1-99&${query(modes)}` }),
        ).toMatchObject({ status: 422, json: { code: "invalid_event_id" } });
    });
  });
});
