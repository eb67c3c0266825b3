import { startFakeOpenAi, type FakeOpenAi } from "@llamaagent/testing/fake-openai";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "./create-client.ts";
import type { RunEvent } from "./run-event.ts";
import { createRunViewer } from "./run-view.ts";

const CHUNKS = Array.from({ length: 60 }, (_, index) => `word${index} `);

describe("a client of the real server", () => {
  let model: FakeOpenAi;
  let server: EmbeddedServer;
  let client: Client;
  beforeAll(async () => {
    model = await startFakeOpenAi({
      script: ({ messages }) =>
        JSON.stringify(messages.at(-1)).includes("slowly")
          ? { chunks: CHUNKS, chunkDelayMs: 50 }
          : { text: "Hello there." },
      models: ["fake-model"],
    });
    server = await startEmbeddedServer({ OPENAI_BASE_URL: model.url });
    client = createClient({ url: server.urls[0] ?? "" });
  });
  afterAll(async () => {
    await server.close();
    await model.close();
  });

  it("makes, reads, changes and deletes an agent", async () => {
    const model = "openai/fake-model";
    const made = await client.agents.create({ name: "first", model, description: "one" });
    expect(made).toMatchObject({ name: "first", version: 1, limits: { max_steps: 10 } });
    expect((await client.agents.get("first")).agent_id).toBe(made.agent_id);
    const changed = await client.agents.update(made.agent_id, {
      description: null,
      instructions: "Be brief.",
    });
    expect(changed).toMatchObject({ version: 2, instructions: "Be brief." });
    expect(changed.description).toBeUndefined();
    const page = await client.agents.versions("first", { limit: 1 });
    expect(page.items.map(({ version }) => version)).toEqual([2]);
    const rest = await client.agents.versions("first", { cursor: page.next_cursor ?? "" });
    expect(rest.items.map(({ version }) => version)).toEqual([1]);
    expect(await client.agents.delete("first")).toBeUndefined();
    await expect(client.agents.get("first")).rejects.toMatchObject({ code: "not_found" });
  });

  it("puts, lists, reads and deletes the files of a thread", async () => {
    const { thread_id } = await client.threads.create({ metadata: { topic: "files" } });
    const content = new TextEncoder().encode("ä\u0000b");
    const path = "notes/ä b#?.txt";
    const stored = await client.threads.files.put(thread_id, path, content);
    expect(stored).toMatchObject({ path, size_bytes: 4 });
    const { items } = await client.threads.files.list(thread_id);
    expect(items.map((file) => file.path)).toEqual([path]);
    expect(await client.threads.files.get(thread_id, path)).toEqual(content);
    await client.threads.files.delete(thread_id, path);
    await expect(client.threads.files.get(thread_id, path)).rejects.toMatchObject({ status: 404 });
    expect(await client.threads.get(thread_id)).toMatchObject({ metadata: { topic: "files" } });
  });

  it("starts a run once for one key, waits for it, and reads its steps", async () => {
    const idempotencyKey = "one";
    const [run, again] = await Promise.all([
      client.runs.create({ input: "hi" }, { idempotencyKey }),
      client.runs.create({ input: "hi" }, { idempotencyKey }),
    ]);
    expect(again.run_id).toBe(run.run_id);
    const waited = await client.runs.wait(run.run_id);
    expect(waited.run).toMatchObject({ status: "success", output: "Hello there." });
    expect(waited.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(await client.runs.get(run.run_id)).toEqual(waited.run);
    const { items } = await client.runs.steps(run.run_id);
    expect(items.map(({ step_key, state }) => [step_key, state])).toEqual([["model/0", "done"]]);
    const started = await client.runs.wait({ input: "hi" });
    expect(started.run.output).toBe("Hello there.");
  });

  it("cancels a run, whose stream then ends", async () => {
    const types: string[] = [];
    for await (const event of client.runs.stream({ input: "slowly" })) {
      types.push(event.type);
      if (event.type === "message.started") await client.runs.cancel(event.data.run_id);
    }
    expect(types.at(-1)).toBe("run.cancelled");
  });

  it("lists tools and tells readiness and faults", async () => {
    expect((await client.tools.list()).items.map(({ name }) => name)).toContain("calculator");
    expect((await client.tools.get("calculator")).effect).toBe("none");
    expect(await client.health.ready()).toMatchObject({ status: "ok", database: "up" });
    await expect(client.runs.create({ agent_id: "nobody", input: "x" })).rejects.toMatchObject({
      code: "not_found",
      status: 404,
    });
    const fault = client.agents.create({ name: "x", model: "openai/x", tools: ["nothing"] });
    await expect(fault).rejects.toMatchObject({
      code: "invalid_request",
      errors: [{ pointer: "/tools/0" }],
    });
  });

  it("reads a stream over a killed server: what the view holds is what was answered", async () => {
    const viewer = createRunViewer();
    const events: RunEvent[] = [];
    const voided: string[] = [];
    let reconnects = 0;
    let killing: Promise<void> | undefined;
    const onReconnect = () => (reconnects += 1);
    for await (const event of client.runs.stream({ input: "slowly" }, { onReconnect })) {
      events.push(event);
      voided.push(...viewer.apply(event).messageIds);
      if (viewer.view.messages[0]?.text.includes("word5")) killing ??= server.killAndRestart();
    }
    await killing;
    expect(reconnects).toBeGreaterThan(0);
    expect(viewer.view.messages.map(({ text }) => text)).toEqual([CHUNKS.join("")]);
    expect(viewer.view).toMatchObject({ state: "ended", output: CHUNKS.join("") });
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    // The killed process had sent half of the message without storing it.
    expect(voided).toHaveLength(1);
    expect(events.filter(({ data }) => data.after !== undefined)).toHaveLength(1);
  });
});
