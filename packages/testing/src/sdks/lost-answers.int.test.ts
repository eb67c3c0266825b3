import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { createClient } from "@llamaagent/client";
import OpenAI from "openai";
import type { Stream } from "openai/streaming";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendJson } from "../api/send.ts";
import { createTestAgents } from "../api/test-agents.ts";
import { type TestApi, topologies } from "../api/topologies.ts";
import { createLossyProxy, type LossyProxy } from "../services/lossy-proxy.ts";

interface RunAnswer {
  run_id: string;
}

describe.each(topologies)("a POST whose answer was lost, $name", ({ isThere, start }) => {
  let api: TestApi;
  let proxy: LossyProxy;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await api.startWorker();
    await createTestAgents(api.url, ["hello", "broken"]);
    proxy = await createLossyProxy(api.url);
  });
  afterAll(async () => {
    await proxy?.close();
    await api?.close();
  });

  /** A body that no other test sends. */
  const newBody = (input = "hi") => ({
    agent_id: "hello",
    input,
    metadata: { asked: randomUUID() },
  });
  /** The ids of all runs that came of a body. */
  const runsOf = async ({ metadata }: { metadata: object }): Promise<string[]> => {
    const { json } = await sendJson(api.url, "POST", "/runs/search", { metadata });
    return (json as RunAnswer[]).map(({ run_id: id }) => id);
  };
  /** What has come since: the header that marks a repeat, and the run that the answer was about. */
  const since = (first: number, header: string) =>
    proxy.requests
      .slice(first)
      .map(({ headers, answer }) => [headers[header], answer?.headers["content-location"]]);

  describe.runIf(isThere)("and the client of OpenAI sends it again", () => {
    let openai: OpenAI;
    beforeAll(() => {
      openai = new OpenAI({ baseURL: proxy.url, apiKey: "none" });
    });
    const counted = "x-stainless-retry-count";

    it("to /runs: both answers name the one run", async () => {
      const body = newBody();
      const first = proxy.requests.length;
      proxy.loseNext("/runs");
      const run = await openai.post<RunAnswer>("/runs", { body });
      const about = `/runs/${run.run_id}`;
      expect(since(first, counted)).toEqual([
        ["0", about],
        ["1", about],
      ]);
      expect(await runsOf(body)).toEqual([run.run_id]);
    });

    it("to /runs/wait: both waited for the one run", async () => {
      const body = newBody();
      const first = proxy.requests.length;
      proxy.loseNext("/runs/wait");
      const { run } = await openai.post<{ run: RunAnswer & { output: string } }>("/runs/wait", {
        body,
      });
      expect(run.output).toBe("Hello");
      const about = `/runs/${run.run_id}`;
      expect(since(first, counted)).toEqual([
        ["0", about],
        ["1", about],
      ]);
      expect(await runsOf(body)).toEqual([run.run_id]);
    });

    it("to /runs/stream: the stream is that of the one run, from its beginning", async () => {
      const body = newBody();
      const first = proxy.requests.length;
      proxy.loseNext("/runs/stream");
      const stream = await openai.post<Stream<RunAnswer & { text?: string }>>("/runs/stream", {
        body,
        stream: true,
      });
      const events = [];
      for await (const event of stream) events.push(event);
      expect(events.map(({ text }) => text ?? "").join("")).toBe("Hello");
      const [{ run_id: id } = { run_id: "" }] = events;
      expect(new Set(events.map((event) => event.run_id))).toEqual(new Set([id]));
      expect(since(first, counted)).toEqual([
        ["0", `/runs/${id}`],
        ["1", `/runs/${id}`],
      ]);
      expect(await runsOf(body)).toEqual([id]);
    });

    it("twice: the run is still the one", async () => {
      const body = newBody();
      proxy.loseNext("/runs");
      proxy.loseNext("/runs");
      const run = await openai.post<RunAnswer>("/runs", { body });
      expect(await runsOf(body)).toEqual([run.run_id]);
    });

    it("for two bodies at once: each has a run of its own", async () => {
      const { metadata } = newBody();
      const bodies = ["this", "that"].map((input) => ({ ...newBody(input), metadata }));
      for (const _ of bodies) proxy.loseNext("/runs");
      const runs = await Promise.all(
        bodies.map((body) => openai.post<RunAnswer & { input: string }>("/runs", { body })),
      );
      expect(runs.map(({ input }) => input)).toEqual(["this", "that"]);
      const ids = runs.map(({ run_id: id }) => id);
      expect((await runsOf({ metadata })).toSorted()).toEqual(ids.toSorted());
    });

    it("for one of two calls with one body: the other one has its own run", async () => {
      const body = newBody();
      const { run_id: before } = await openai.post<RunAnswer>("/runs", { body });
      proxy.loseNext("/runs");
      const { run_id: after } = await openai.post<RunAnswer>("/runs", { body });
      expect(await runsOf(body)).toEqual([after, before]);
    });
  });

  describe.runIf(isThere)("and the client of LangGraph sends it again", () => {
    const post = async (client: Client, json: object): Promise<RunAnswer> => {
      // Protected: its own methods of runs name the agent `assistant_id`.
      const signal = AbortSignal.timeout(30_000);
      const options = { method: "POST", json, signal, withResponse: true } as const;
      const [run] = await client.runs["fetch"]<RunAnswer>("/runs", options);
      return run;
    };

    it("without a mark: a second run is made", async () => {
      const client = new Client({ apiUrl: proxy.url, apiKey: null });
      const body = newBody();
      const first = proxy.requests.length;
      proxy.loseNext("/runs");
      const { run_id: id } = await post(client, body);
      const [lost, answered] = proxy.requests.slice(first);
      expect(Object.keys(answered?.headers ?? {})).toEqual(Object.keys(lost?.headers ?? {}));
      const ids = await runsOf(body);
      expect(ids).toHaveLength(2);
      expect(ids[0]).toBe(id);
    });

    it("with the key that its hook gave the request: the run is the one", async () => {
      const client = new Client({
        apiUrl: proxy.url,
        apiKey: null,
        onRequest: (_url, init) => {
          const headers = new Headers(init.headers);
          headers.set("idempotency-key", crypto.randomUUID());
          return { ...init, headers };
        },
      });
      const body = newBody();
      const first = proxy.requests.length;
      proxy.loseNext("/runs");
      const { run_id: id } = await post(client, body);
      expect(proxy.requests.slice(first)).toHaveLength(2);
      expect(await runsOf(body)).toEqual([id]);
    });

    it("never, where it is its own method of runs: that is refused", async () => {
      const client = new Client({ apiUrl: proxy.url, apiKey: null });
      await expect(client.runs.create(null, "hello", { input: {} })).rejects.toMatchObject({
        status: 422,
        message: expect.stringContaining("/assistant_id"),
      });
    });
  });

  describe.runIf(isThere)("and our own client sends it again", () => {
    it("to take up a run from a step: both answers name the one new run", async () => {
      const { runs } = createClient({ url: proxy.url });
      const { run } = await runs.wait({ agent_id: "broken", input: "hi" });
      expect(run.status).toBe("error");
      const path = `/runs/${run.run_id}/retry`;
      const first = proxy.requests.length;
      proxy.loseNext(path);
      const again = await runs.retry(run.run_id, { from_step: "model/0" });
      expect(since(first, "retry-attempt").map(([count]) => count)).toEqual([undefined, "1"]);
      expect((await runs.get(run.run_id)).retried_as).toBe(again.run_id);
      // Not a repeat: asked for once more.
      await expect(runs.retry(run.run_id, { from_step: "model/0" })).rejects.toMatchObject({
        code: "conflict",
      });
    });
  });
});
