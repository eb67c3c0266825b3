import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";

describe.each(topologies)("a client that goes away, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await sendJson(api.url, "POST", "/agents", { name: "slow", model: "test/slow" });
  });
  afterAll(() => api?.close());

  /** A run, and a client that streams it or waits for it: by its key, the request joins the run. */
  async function open(
    path: string,
    more: object,
    idempotencyKey: string = crypto.randomUUID(),
  ): Promise<{ client: ClientRequest; answer: Promise<IncomingMessage>; runId: string }> {
    const body = { agent_id: "slow", input: "a" };
    const key = { "idempotency-key": idempotencyKey };
    const { json } = await sendJson(api.url, "POST", "/runs", body, key);
    const headers = { "content-type": "application/json", ...key };
    const client = request(`${api.url}${path}`, { method: "POST", headers, agent: false });
    const answer = once(client, "response").then(([response]) => {
      (response as IncomingMessage).on("error", () => undefined).resume();
      return response as IncomingMessage;
    });
    answer.catch(() => undefined); // of a client that is destroyed
    client.end(JSON.stringify({ ...body, ...more }));
    // The whole request is on its way: the server reads it before it learns that its client is gone.
    await once(client, "finish");
    if (path === "/runs/stream") await answer;
    return { client, answer, runId: (json as { run_id: string }).run_id };
  }
  const runOf = async (runId: string) => (await api.context.readRun(DEFAULT_TENANT_ID, runId)).run;
  /** A cancel begins with its reason: it is done once all is that the API has asked of its database. */
  function watchDatabase(): () => Promise<void> {
    const asked = vi.spyOn(api.context.db, "tenant");
    return async () => {
      let done = 0;
      while (done < asked.mock.results.length) {
        done = asked.mock.results.length;
        await Promise.allSettled(asked.mock.results.map(({ value }) => value));
      }
      asked.mockRestore();
    };
  }

  describe.runIf(isThere)("where it asked for on_disconnect: cancel", () => {
    it.each(["/runs/stream", "/runs/wait"])("cancels the run of %s", async (path) => {
      const left = await open(path, {});
      const cancelled = await open(path, { on_disconnect: "cancel" });
      left.client.destroy();
      cancelled.client.destroy();
      const read = () => runOf(cancelled.runId);
      await expect.poll(read, { timeout: 10_000 }).toMatchObject({ state: "ended" });
      expect(await read()).toMatchObject({ status: "interrupted", stop_reason: "cancelled" });
      expect(await runOf(left.runId)).toMatchObject({ state: "queued" });
    });

    it("cancels it for all who joined it, but not for one of them that did not ask", async () => {
      const key = crypto.randomUUID();
      const stays = await open("/runs/stream", {}, key);
      const asks = await open("/runs/stream", { on_disconnect: "cancel" }, key);
      const leaves = await open("/runs/stream", {}, key);
      expect(new Set([stays.runId, asks.runId, leaves.runId]).size).toBe(1);
      const isDone = watchDatabase();
      // Once another that went away later has its cancel, this one would have had its own.
      const other = await open("/runs/stream", { on_disconnect: "cancel" });
      leaves.client.destroy();
      other.client.destroy();
      const readOther = () => runOf(other.runId);
      await expect.poll(readOther, { timeout: 10_000 }).toMatchObject({ state: "ended" });
      await isDone();
      expect(await runOf(asks.runId)).toMatchObject({ state: "queued" });

      asks.client.destroy();
      const streamed = await stays.answer;
      if (!streamed.closed) await once(streamed, "close");
      expect(await runOf(asks.runId)).toMatchObject({ stop_reason: "cancelled" });
    });

    it("leaves the run to others where the server closes", async () => {
      const stream = await open("/runs/stream", { on_disconnect: "cancel" });
      const wait = await open("/runs/wait", { on_disconnect: "cancel" });
      const isDone = watchDatabase();
      await api.app.close();
      await isDone();
      const streamed = await stream.answer;
      if (!streamed.closed) await once(streamed, "close");
      expect(streamed.complete).toBe(true);
      expect((await wait.answer).statusCode).toBe(503);
      expect(await runOf(stream.runId)).toMatchObject({ state: "queued" });
      expect(await runOf(wait.runId)).toMatchObject({ state: "queued" });
    });
  });
});
