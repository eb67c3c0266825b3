import { type FakeOpenAi, startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { type ScaledServer, startScaledServer } from "@llamaagent/testing/server/scaled-server";
import { withClient } from "@llamaagent/testing/services/run-databases";
import { afterEach, describe, expect, inject, it } from "vitest";

describe.runIf(inject("databaseUrl") && inject("redisUrl"))("the log of a process", () => {
  let model: FakeOpenAi;
  let server: ScaledServer;
  afterEach(async () => {
    await server?.close();
    await model?.close();
  });

  it("names the worker in each line, and says at SIGTERM what becomes of its runs", async () => {
    model = await startFakeOpenAi({
      script: ({ turn }) =>
        turn === 0
          ? { toolCalls: [{ name: "stray_rejection", arguments: {} }] }
          : { delayMs: 2_000, toolCalls: [{ name: "calculator", arguments: { expression: "1" } }] },
    });
    server = await startScaledServer({
      apis: 1,
      workers: 1,
      env: {
        LOG_LEVEL: "info",
        LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/stray-plugin.ts",
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: "fake-key",
      },
    });
    const [client] = server.clients;
    const [worker] = server.workers;
    const [api] = server.apis;
    if (!client || !worker || !api) throw new Error("not all is there");
    const [row] = await withClient(server.databaseUrl, async (connection) => {
      const found = await connection.query<{ id: string }>("SELECT worker_id AS id FROM workers");
      return found.rows;
    });
    await client.agents.create({
      name: "a",
      model: "openai/fake-model",
      tools: ["stray_rejection", "calculator"],
    });
    const { run_id: runId } = await client.runs.create({ agent_id: "a", input: "1" });
    await worker.waitFor(/a stray error/);
    await worker.kill("SIGTERM");
    await api.kill("SIGTERM");

    const lines = worker.lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.map(({ worker_id: id }) => id)).toEqual(lines.map(() => row?.id));
    expect(lines).toMatchObject([
      { msg: `worker ${row?.id} ready`, slots: 20 },
      { level: "error", err: { message: "stray rejection" } },
      { msg: "draining: steps under way end first, within 20 s", runs: 1 },
      { msg: "the run is handed back", run_id: runId, epoch: 1 },
      { msg: "drained: runs have ended or are handed back", left_behind: 0 },
      { msg: "worker stopped" },
    ]);
    expect(api.lines.join("\n")).toContain(
      '"msg":"stopping: streams and waits end within 6 s, other requests within 20 s"',
    );
  });
});
