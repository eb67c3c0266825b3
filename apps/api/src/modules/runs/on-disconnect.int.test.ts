import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
  ): Promise<{ client: ClientRequest; answer: Promise<IncomingMessage>; runId: string }> {
    const body = { agent_id: "slow", input: "a" };
    const key = { "idempotency-key": crypto.randomUUID() };
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

    it("leaves the run to others where the server closes", async () => {
      const stream = await open("/runs/stream", { on_disconnect: "cancel" });
      const wait = await open("/runs/wait", { on_disconnect: "cancel" });
      await api.app.close();
      const streamed = await stream.answer;
      if (!streamed.closed) await once(streamed, "close");
      expect(streamed.complete).toBe(true);
      expect((await wait.answer).statusCode).toBe(503);
      expect(await runOf(stream.runId)).toMatchObject({ state: "queued" });
      expect(await runOf(wait.runId)).toMatchObject({ state: "queued" });
    });
  });
});
