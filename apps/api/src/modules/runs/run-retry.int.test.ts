import { type Client, createClient, type RunEvent } from "@llamaagent/client";
import { AppError, definePlugin, defineProvider, defineTool, type Effect } from "@llamaagent/core";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { messageFaults, orderFaults } from "@llamaagent/testing/durability/stream-faults";
import { type ScriptEntry, scriptedModel } from "@llamaagent/testing/scripted-model";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

const SEND = "model/0/tools/0";
const PUT = "model/0/tools/1";

describe.each(topologies)("a retried run, $name", ({ isThere, start }) => {
  let api: TestApi;
  let client: Client;
  /** Idempotency keys, in the order of the calls. */
  const keys: Record<"send" | "put", string[]> = { send: [], put: [] };
  let isModelDown: boolean;
  /** The tool that does not answer. */
  let stuck: string | undefined;

  const tool = (name: "send" | "put", effect: Effect) =>
    defineTool({
      name,
      description: name,
      input: z.object({}),
      effect,
      async execute(_input, { idempotencyKey }) {
        keys[name].push(idempotencyKey);
        if (stuck === name) await new Promise(() => undefined);
        return { did: name };
      },
    });
  const turn: ScriptEntry = (_request, { step }) => {
    if (step === "model/0")
      return { text: ["I send ", "and put."], toolCalls: [{ name: "send" }, { name: "put" }] };
    if (isModelDown) return { text: "All ", error: new AppError("model_unavailable") };
    return { text: ["All is ", "done."] };
  };
  const plugin = definePlugin({
    providers: [
      defineProvider({
        id: "two",
        description: "calls two tools, then answers",
        settings: z.object({}),
        create: async () => scriptedModel([turn, turn]),
      }),
    ],
    tools: [tool("send", "unsafe"), tool("put", "idempotent")],
  });

  beforeAll(async () => {
    if (!isThere) return;
    api = await start({ plugins: [plugin] });
    client = createClient({ url: api.url });
    await client.agents.create({ name: "two", model: "two/tools", tools: ["send", "put"] });
    await api.startWorker();
  });
  beforeEach(() => {
    keys.send = [];
    keys.put = [];
    isModelDown = false;
    stuck = undefined;
  });
  afterAll(() => api?.close());

  async function eventsOf(runId: string): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    for await (const event of client.runs.stream(runId)) events.push(event);
    return events;
  }

  /** Reads the retry while it is executed, and once more when it has ended. */
  async function expectWhole(runId: string): Promise<RunEvent[]> {
    const events = await eventsOf(runId);
    expect([...orderFaults(events), ...messageFaults(events)]).toEqual([]);
    expect(await eventsOf(runId)).toEqual(events);
    expect(await client.runs.get(runId)).toMatchObject({
      status: "success",
      output: "All is done.",
    });
    return events;
  }

  /** A run whose tools were called, and whose second model call failed. */
  async function failedRun(): Promise<{ runId: string; threadId: string }> {
    isModelDown = true;
    const threadId = uuidv7();
    const { run } = await client.runs.wait({
      agent_id: "two",
      input: "Go",
      thread_id: threadId,
      if_not_exists: "create",
    });
    expect(run).toMatchObject({ status: "error", error: { code: "model_unavailable" } });
    isModelDown = false;
    return { runId: run.run_id, threadId };
  }

  /** A run that was cancelled while one tool had not answered, and the other one had. */
  async function cutOffRun(name: "send" | "put"): Promise<string> {
    stuck = name;
    const { run_id: runId } = await client.runs.create({ agent_id: "two", input: "Go" });
    await vi.waitFor(async () => {
      const { items } = await client.runs.steps(runId);
      const states = new Map(items.map(({ step_key: key, state }) => [key, state]));
      const isSend = name === "send";
      expect(states.get(SEND)).toBe(isSend ? "intent" : "done");
      expect(states.get(PUT)).toBe(isSend ? "done" : "intent");
      expect([keys.send.length, keys.put.length]).toEqual([1, 1]);
    }, 20_000);
    await client.runs.cancel(runId, { wait: true });
    stuck = undefined;
    return runId;
  }

  describe.runIf(isThere)("over HTTP", () => {
    it("goes on from the model call that failed, and calls no tool again", async () => {
      const { runId: first, threadId } = await failedRun();
      const { run_id: again } = await client.runs.retry(first);
      const events = await expectWhole(again);
      expect(keys).toEqual({ send: [`${first}:${SEND}`], put: [`${first}:${PUT}`] });

      // What the first run had finished stands before the first epoch; its half message does not.
      const old = await eventsOf(first);
      const failedAt = old.findLastIndex(({ type }) => type === "message.started");
      const begun = events.findIndex(({ type }) => type === "run.started");
      expect(events.slice(1, begun)).toEqual(
        old.slice(2, failedAt).map(({ type, data }, n) => ({
          id: `0-${n + 2}`,
          type,
          data: { ...data, run_id: again },
        })),
      );
      const types = events.slice(begun).map(({ type }) => type);
      expect(types.filter((type) => type !== "message.delta")).toEqual([
        "run.started",
        "message.started",
        "message.completed",
        "usage.updated",
        "run.completed",
      ]);

      const { messages } = await client.threads.get(threadId);
      expect(messages.map(({ role }) => role)).toEqual([
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
      ]);
      expect(messages.filter(({ role }) => role === "assistant").map(({ id }) => id)).toEqual(
        events.flatMap(({ type, data }) => (type === "message.completed" ? [data.message_id] : [])),
      );
    });

    it("calls an idempotent tool that was cut off again, with the key that it had", async () => {
      const first = await cutOffRun("put");
      const events = await expectWhole((await client.runs.retry(first)).run_id);
      expect(keys).toEqual({
        send: [`${first}:${SEND}`],
        put: [`${first}:${PUT}`, `${first}:${PUT}`],
      });
      const calls = events.flatMap(({ type, data }) =>
        type === "tool_call.started" && data.name === "put" ? [data.tool_call_id] : [],
      );
      expect(calls).toHaveLength(2);
      const begun = events.find(({ type }) => type === "run.started");
      expect(begun?.data.restarted).toEqual(calls.slice(0, 1));
    });

    it("waits for a person where an unsafe tool was cut off", async () => {
      const first = await cutOffRun("send");
      const { run_id: again } = await client.runs.retry(first);
      expect((await client.runs.wait(again)).run).toMatchObject({ stop_reason: "effect_unknown" });
      await client.runs.resume(again, { step_key: SEND, outcome: "done" });
      await expectWhole(again);
      expect(keys).toEqual({ send: [`${first}:${SEND}`], put: [`${first}:${PUT}`] });
    });

    it("does a step again that it is told to, under a key of its own", async () => {
      const { runId: first } = await failedRun();
      const { run_id: again } = await client.runs.retry(first, { from_step: PUT });
      await expectWhole(again);
      expect(keys).toEqual({
        send: [`${first}:${SEND}`],
        put: [`${first}:${PUT}`, `${again}:${PUT}`],
      });
    });
  });
});
