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

  it("searches, changes, copies and deletes threads, and reads what they were", async () => {
    const { thread_id } = await client.threads.create({ metadata: { topic: "history" } });
    const { run } = await client.runs.wait({ thread_id, input: "hi" });
    await client.threads.update(thread_id, { values: { n: 1 } });
    const [found] = await client.threads.search({ metadata: { topic: "history" } });
    expect(found).toMatchObject({ thread_id, values: { n: 1 } });
    const states = await client.threads.history(thread_id);
    expect(states.map(({ metadata }) => metadata["source"])).toEqual(["update", "run"]);
    expect(await client.threads.history(thread_id, { limit: 1 })).toEqual(states.slice(0, 1));
    expect(await client.threads.state(thread_id, { checkpointId: run.run_id })).toEqual(states[1]);
    const copy = await client.threads.copy(thread_id);
    expect(copy.messages).toHaveLength(2);
    const fork = await client.runs.fork(run.run_id, { input: "again" });
    expect((await client.runs.wait(fork.run_id)).run.status).toBe("success");
    await client.runs.delete(fork.run_id);
    await expect(client.runs.get(fork.run_id)).rejects.toMatchObject({ code: "not_found" });
    await client.threads.delete(thread_id);
    await expect(client.threads.get(thread_id)).rejects.toMatchObject({ code: "not_found" });
    expect((await client.threads.get(copy.thread_id)).values).toEqual({ n: 1 });
  });

  it("rolls a run back", async () => {
    const { run_id } = await client.runs.create({ input: "slowly" });
    await client.runs.cancel(run_id, { action: "rollback" });
    await expect(client.runs.get(run_id)).rejects.toMatchObject({ code: "not_found" });
  });

  it("stores, reads, searches, lists and deletes items", async () => {
    const place = { namespace: ["users", "ä b&c=#?"], key: "k/ä&b" };
    expect(await client.store.put({ ...place, value: { n: 1 } })).toBeUndefined();
    await client.store.put({ ...place, value: { n: 2 } });
    await client.store.put({ namespace: [], key: "root", value: {} });
    expect(await client.store.get(place)).toMatchObject({ ...place, value: { n: 2 } });
    expect(await client.store.get({ key: "root" })).toMatchObject({ namespace: [] });
    const found = await client.store.search({ namespace_prefix: ["users"], filter: { n: 2 } });
    expect(found.items.map(({ key }) => key)).toEqual([place.key]);
    expect((await client.store.search()).items).toHaveLength(2);
    expect(await client.store.namespaces()).toEqual([[], place.namespace]);
    expect(await client.store.namespaces({ max_depth: 1, limit: 1, offset: 1 })).toEqual([
      ["users"],
    ]);
    expect(await client.store.delete(place)).toBeUndefined();
    await expect(client.store.get(place)).rejects.toMatchObject({ code: "not_found" });
    await expect(client.store.delete(place)).rejects.toMatchObject({ status: 404 });
  });

  it("starts, finds and cancels many runs, retries one, and tells what waits", async () => {
    const metadata = { many: "these" };
    const { items } = await client.runs.createMany([
      { input: "hi", metadata },
      { input: "slowly", metadata, after_seconds: 3600 },
      { agent_id: "nobody" },
    ]);
    expect(items.map((item) => Object.keys(item))).toEqual([["run"], ["run"], ["error"]]);
    const found = await client.runs.search({ metadata });
    expect(found.map(({ input }) => input)).toEqual(["slowly", "hi"]);
    expect((await client.queue.stats()).delayed).toBe(1);
    const cancelled = await client.runs.cancelMany({ metadata, status: "pending" });
    expect(cancelled.items.length).toBeGreaterThanOrEqual(1);
    const [slow] = found;
    const again = await client.runs.retry(slow?.run_id ?? "");
    expect(again.retry_of).toBe(slow?.run_id);
    expect((await client.runs.retry(slow?.run_id ?? "")).run_id).toBe(again.run_id);
    expect(await client.queue.dead({ reason: "error", limit: 1 })).toEqual({ items: [] });
    await expect(client.queue.drop(again.run_id)).rejects.toMatchObject({ code: "not_found" });
    await client.runs.cancel(again.run_id);
    const { items: keys } = await client.webhooks.keys();
    expect((await client.webhooks.rotateKeys()).secret).not.toBe(keys[0]?.secret);
    expect(await client.webhooks.deliveries()).toEqual({ items: [] });
    await expect(client.webhooks.resend(again.run_id)).rejects.toMatchObject({ status: 404 });
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

  it("reads the catalogue: agents by their metadata, models, strategies, the server itself", async () => {
    const model = "openai/fake-model";
    const made = await client.agents.create({ name: "listed", model, metadata: { team: "a" } });
    expect(await client.agents.search({ metadata: { team: "a" } })).toEqual([made]);
    expect(await client.agents.search({ name: "nobody" })).toEqual([]);
    expect((await client.agents.search()).map(({ name }) => name)).toContain("default");
    const { agent_id: id } = made;
    expect(await client.agents.schemas("listed")).toMatchObject({
      agent_id: id,
      output_schema: { type: "string" },
    });
    expect((await client.models.list()).items).toContainEqual({ id: model, provider: "openai" });
    expect(await client.strategies.list()).toMatchObject({
      items: [{ name: "default", kind: "prompting", available: true }],
      workers_only: [],
    });
    expect(await client.info.get()).toMatchObject({ topology: "embedded", version: "0.1.0" });
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
