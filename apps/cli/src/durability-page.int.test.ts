import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "@llamaagent/client";
import { documentSnippet } from "@llamaagent/testing/architecture/document-snippets";
import { runShellSnippet } from "@llamaagent/testing/architecture/run-snippet";
import { type EffectServer, startEffectServer } from "@llamaagent/testing/durability/effect-server";
import { type FakeOpenAi, startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { type ScaledServer, startScaledServer } from "@llamaagent/testing/server/scaled-server";
import { withClient } from "@llamaagent/testing/services/run-databases";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

describe.runIf(inject("databaseUrl") && inject("redisUrl"))("docs/durability.md", () => {
  let effects: EffectServer;
  let model: FakeOpenAi;
  let server: ScaledServer;
  beforeAll(async () => {
    effects = await startEffectServer();
    const write = { effects: effects.url, label: "late", ms: 3_000 };
    model = await startFakeOpenAi({
      script: ({ turn, toolResults }) =>
        turn === 0
          ? { toolCalls: [{ name: "write_late", arguments: write }] }
          : { text: `The tool said: ${toolResults.join()}` },
    });
    server = await startScaledServer({
      apis: 1,
      workers: 1,
      env: {
        LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/effects-plugin.ts",
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: "fake-key",
      },
    });
    await client().agents.create({
      name: "writer",
      model: "openai/fake-model",
      tools: ["write_late"],
    });
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
    await effects?.close();
  });

  function client() {
    const [first] = server.clients;
    if (first === undefined) throw new Error("no API");
    return first;
  }

  /** The unsafe call takes longer than its tool allows: nobody knows what became of it. */
  async function waitingRun(): Promise<string> {
    const { run_id: runId } = await client().runs.create({ agent_id: "writer", input: "write" });
    await becomes(runId, "waiting");
    return runId;
  }

  async function becomes(runId: string, state: Run["state"]): Promise<Run> {
    for (;;) {
      const run = await client().runs.get(runId);
      if (run.state === state) return run;
      await sleep(100);
    }
  }

  const shell = (snippet: string, runId: string) =>
    runShellSnippet(snippet, { URL: server.urls[0], RUN: runId });

  /** The rows of the last statement. */
  const rows = (snippet: string) =>
    withClient(server.databaseUrl, async (connection) => {
      let found: Record<string, unknown>[] = [];
      for (const statement of snippet.split(";").filter((text) => text.trim() !== ""))
        found = (await connection.query(statement)).rows;
      return found;
    });

  it("shows what waits for a person, and settles it in each of the three ways", async () => {
    const [done, notDone, abort] = [await waitingRun(), await waitingRun(), await waitingRun()];
    const waiting = await rows(documentSnippet("docs/durability.md", "waiting-runs"));
    expect(waiting.map((row) => [row["run_id"], row["step_key"], row["tool"]])).toEqual(
      [done, notDone, abort].map((runId) => [runId, "model/0/tools/0", "write_late"]),
    );
    const found: Run[] = JSON.parse(
      await shell(documentSnippet("docs/durability.md", "waiting-search"), done),
    );
    expect(found.map((run) => run.run_id)).toEqual([abort, notDone, done]);
    expect(await shell(documentSnippet("docs/durability.md", "unknown-steps"), done)).toMatch(
      /"step_key":"model\/0\/tools\/0".*"state":"unknown","arguments":\{"effects":"http[^}]*"label":"late"/,
    );

    await shell(documentSnippet("docs/durability.md", "settle-done"), done);
    expect((await becomes(done, "ended")).output).toBe('The tool said: {"sent":true}');
    await shell(documentSnippet("docs/durability.md", "settle-abort"), abort);
    expect((await becomes(abort, "ended")).error?.code).toBe("run_aborted");
    await shell(documentSnippet("docs/durability.md", "settle-not-done"), notDone);
    // Called again, and again over its time.
    await becomes(notDone, "waiting");
    const left = await rows(documentSnippet("docs/durability.md", "waiting-runs"));
    expect(left.map((row) => row["run_id"])).toEqual([notDone]);
  });

  it("shows dead letters, and what is known of one", async () => {
    const runId = await waitingRun();
    await client().runs.cancel(runId);
    await becomes(runId, "ended");
    // As a run is left that ended five processes.
    await withClient(server.databaseUrl, (connection) =>
      connection.query(
        `UPDATE runs SET stop_reason = 'poisoned', error = '{"detail":"it died"}' WHERE run_id = $1`,
        [runId],
      ),
    );
    expect(await rows(documentSnippet("docs/durability.md", "dead-letters"))).toMatchObject([
      { run_id: runId, detail: "it died" },
    ]);
    // The rest of that error is of no matter here, and the API would miss it.
    await withClient(server.databaseUrl, (connection) =>
      connection.query(
        "UPDATE runs SET stop_reason = 'cancelled', error = NULL WHERE run_id = $1",
        [runId],
      ),
    );
    const known = await shell(documentSnippet("docs/durability.md", "dead-letter"), runId);
    expect(known).toContain(`"run_id":"${runId}"`);
    expect(known).toContain('"step_key":"model/0"');
  });
});
