import { setTimeout as sleep } from "node:timers/promises";
import type { Client, RunEvent } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type EffectServer, startEffectServer } from "../durability/effect-server.ts";
import type { FakeChatRequest } from "../fake-openai-request.ts";
import type { Turn } from "../fake-openai-turn.ts";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { startEmbeddedServer } from "./embedded-server.ts";
import type { RunningServer } from "./running-server.ts";
import { startScaledServer } from "./scaled-server.ts";

/** What the fake model does is said by the user's text. */
function script(request: FakeChatRequest): Turn {
  const { userText, turn, toolResults } = request;
  if (userText.startsWith("count slowly"))
    return { chunks: Array.from({ length: 20 }, (_, n) => `${n} `), chunkDelayMs: 100 };
  if (userText.startsWith("refuse"))
    return { fault: { kind: "status", status: 401, message: "no such key" } };
  if (userText.startsWith("break off"))
    return { text: "half", fault: { kind: "cut", afterChunks: 1 } };
  if (userText.startsWith("never answer")) return { fault: { kind: "silent" } };
  if (userText.startsWith("read the file")) {
    if (turn === 0)
      return { toolCalls: [{ name: "read_file", arguments: { path: "notes/today.txt" } }] };
    return { text: `It says: ${toolResults.join()}` };
  }
  if (userText.startsWith("write late")) {
    const effects = userText.slice("write late ".length);
    const late = { effects, label: "late", ms: 3_000 };
    if (turn === 0) return { toolCalls: [{ name: "write_late", arguments: late }] };
    return { chunks: Array.from({ length: 50 }, (_, n) => `${n} `), chunkDelayMs: 100 };
  }
  if (userText.startsWith("call what is not there")) {
    if (turn === 0) return { toolCalls: [{ name: "no_such_tool", arguments: {} }] };
    return { text: "It is not there." };
  }
  if (userText.startsWith("what did I say"))
    return {
      text: request.messages
        .filter(({ role }) => role === "user")
        .map(({ content }) => content)
        .join(" | "),
    };
  return { text: `You said: ${userText}` };
}

interface Topology {
  name: string;
  isScaled: boolean;
  start: (env: NodeJS.ProcessEnv) => Promise<RunningServer>;
}

const topologies: Topology[] = [
  { name: "embedded, one process", isScaled: false, start: startEmbeddedServer },
  ...(inject("databaseUrl") && inject("redisUrl")
    ? [
        {
          name: "scaled, two APIs and two workers",
          isScaled: true,
          start: (env: NodeJS.ProcessEnv) => startScaledServer({ apis: 2, workers: 2, env }),
        },
      ]
    : []),
];

describe.each(topologies)("the server, $name", ({ start, isScaled }) => {
  let effects: EffectServer;
  let model: FakeOpenAi;
  let server: RunningServer;
  /** The first replica, and the last: the same where there is one. */
  let one: Client;
  let other: Client;

  beforeAll(async () => {
    model = await startFakeOpenAi({ script });
    effects = await startEffectServer();
    server = await start({
      LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/effects-plugin.ts",
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: "fake-key",
    });
    const [first] = server.clients;
    const last = server.clients.at(-1);
    if (first === undefined || last === undefined) throw new Error("no API");
    [one, other] = [first, last];
    await one.agents.create({
      name: "tester",
      model: "openai/fake-model",
      tools: ["read_file", "current_time"],
    });
    await one.agents.create({
      name: "writer",
      model: "openai/fake-model",
      tools: ["write_late"],
    });
    await one.agents.create({
      name: "hasty",
      model: "openai/fake-model",
      limits: { timeout_seconds: 2 },
    });
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
    await effects?.close();
  });

  async function collect(events: AsyncIterable<RunEvent>, until = Infinity): Promise<RunEvent[]> {
    const collected: RunEvent[] = [];
    for await (const event of events) {
      collected.push(event);
      if (collected.length >= until) break;
    }
    return collected;
  }

  it("answers a run that was admitted at one replica, at the other", async () => {
    const run = await one.runs.create({ agent_id: "tester", input: "hello" });
    expect(run).toMatchObject({ status: "pending", state: "queued" });
    const waited = await other.runs.wait(run.run_id);
    expect(waited.run).toMatchObject({
      status: "success",
      state: "ended",
      stop_reason: "completed",
      output: "You said: hello",
    });
    expect(waited.messages?.map(({ role, content }) => [role, content])).toEqual([
      ["user", "hello"],
      ["assistant", "You said: hello"],
    ]);
  });

  it("goes on with a stream at another replica from where it was", async () => {
    const run = await one.runs.create({ agent_id: "tester", input: "count slowly" });
    const before = await collect(one.runs.stream(run.run_id), 8);
    const rest = await collect(other.runs.stream(run.run_id, { after: before.at(-1)?.id }));
    const again = await collect(one.runs.stream(run.run_id));
    expect([...before, ...rest]).toEqual(again);
    expect(again.at(-1)?.type).toBe("run.completed");
    const text = again.flatMap((e) => (e.type === "message.delta" ? [e.data.text] : [])).join("");
    expect(text).toBe("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 ");
  });

  it("makes one run of parallel requests with one idempotency key", async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? one : other).runs.create(
          { agent_id: "tester", input: "only once" },
          { idempotencyKey: "the-same" },
        ),
      ),
    );
    expect(new Set(runs.map((run) => run.run_id)).size).toBe(1);
    await expect(
      one.runs.create({ agent_id: "tester", input: "another" }, { idempotencyKey: "the-same" }),
    ).rejects.toMatchObject({ code: "idempotency_key_reused", status: 422 });
  });

  it("takes the turns of a thread one after the other, in the order of their coming", async () => {
    const { thread_id } = await one.threads.create({});
    const runs = [];
    for (const input of ["first", "second", "what did I say"])
      runs.push(
        await (runs.length % 2 ? one : other).runs.create({ agent_id: "tester", thread_id, input }),
      );
    const ends = await Promise.all(runs.map((run) => one.runs.wait(run.run_id)));
    expect(ends.map(({ run }) => run?.output)).toEqual([
      "You said: first",
      "You said: second",
      "first | second | what did I say",
    ]);
    const thread = await other.threads.get(thread_id);
    expect(thread.status).toBe("idle");
    expect(thread.messages.map(({ content }) => content)).toEqual([
      "first",
      "You said: first",
      "second",
      "You said: second",
      "what did I say",
      "first | second | what did I say",
    ]);
  });

  it("gives a thread's file to the tools of whichever worker executes the run", async () => {
    const { thread_id } = await one.threads.create({});
    await one.threads.files.put(thread_id, "notes/today.txt", "buy bread\n");
    const { run } = await other.runs.wait({
      agent_id: "tester",
      thread_id,
      input: "read the file",
    });
    expect(run?.status).toBe("success");
    expect(run?.output).toEqual(expect.stringContaining("buy bread"));
  });

  it("cancels a run at work: nothing new begins", async () => {
    const run = await one.runs.create({ agent_id: "tester", input: "count slowly, and stop" });
    const events: RunEvent[] = [];
    for await (const event of one.runs.stream(run.run_id)) {
      events.push(event);
      if (event.type === "message.delta" && events.length < 8) await other.runs.cancel(run.run_id);
    }
    expect(events.at(-1)?.type).toBe("run.cancelled");
    expect(await other.runs.get(run.run_id)).toMatchObject({
      status: "interrupted",
      state: "ended",
      stop_reason: "cancelled",
    });
    await other.runs.cancel(run.run_id);
    expect((await one.runs.get(run.run_id)).stop_reason).toBe("cancelled");
  });

  it("waits where an unsafe call took too long, goes on when told how it went, and can then be cancelled", async () => {
    const input = `write late ${effects.url}`;
    const run = await one.runs.create({ agent_id: "writer", input });
    const events: RunEvent[] = [];
    for await (const event of one.runs.stream(run.run_id)) {
      events.push(event);
      if (event.type === "run.paused") {
        const [step_key = ""] = event.data.step_keys;
        const settled = { step_key, outcome: "done", output: "written" } as const;
        await other.runs.resume(run.run_id, settled);
      }
      // The same worker has it again, perhaps before its first execution has tidied up.
      if (event.type === "message.delta" && event.data.text === "3 ") {
        await other.runs.cancel(run.run_id);
        await other.runs.cancel(run.run_id);
      }
    }
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === "run.resumed")).toHaveLength(1);
    expect(types.at(-1)).toBe("run.cancelled");
    // Not told of a failure that nobody knows of, and cut short long before the answer's 50 parts.
    expect(types).not.toContain("tool_call.failed");
    expect(types.filter((type) => type === "message.delta").length).toBeLessThan(40);
  });

  it.each([
    ["refuse", "tester", "error", "model_rejected"],
    ["break off", "tester", "error", "model_unavailable"],
    ["never answer", "hasty", "timeout", "run_timeout"],
  ])("ends a run whose model does this: %s", async (input, agent_id, status, code) => {
    const { run } = await one.runs.wait({ agent_id, input });
    expect(run).toMatchObject({ state: "ended", status, error: { code } });
  });

  it("tells the model of a tool that is not there, and goes on", async () => {
    const events = await collect(
      one.runs.stream({ agent_id: "tester", input: "call what is not there" }),
    );
    const failed = events.find(({ type }) => type === "tool_call.failed");
    expect(failed?.data).toMatchObject({ name: "no_such_tool", error: { code: "tool_not_found" } });
    expect(events.at(-1)?.data).toMatchObject({ status: "success", output: "It is not there." });
  });

  it("keeps NUL and lone surrogates of an input as they were sent", async () => {
    const input = "a\u0000b\ud800c";
    const { run } = await one.runs.wait({ agent_id: "tester", input });
    expect(run?.input).toBe(input);
    expect(run?.status).toBe("success");
  });

  // The embedded server's one worker has nobody to hand its runs to.
  if (isScaled)
    it("hands its runs on when it is told to stop", async () => {
      await server.addWorker();
      const run = await one.runs.create({ agent_id: "tester", input: "count slowly, to the end" });
      await sleep(300);
      for (const process of server.workers.slice(0, -1)) await process.kill("SIGTERM");
      const { run: ended } = await other.runs.wait(run.run_id);
      expect(ended?.status).toBe("success");
    });
});
