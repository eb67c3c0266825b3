import { AppError, type ChatModel, defineTool } from "@llamaagent/core";
import { admitRun, cancelRun, resumeRun } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { type ScriptEntry, scriptedModel } from "@llamaagent/testing/scripted-model";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createWorkerFixture, type WorkerFixture } from "./test/worker-fixture.ts";

const never = new Promise<never>(() => {});

onEachDatabase((database) => {
  let runs: RunsFixture;
  let workers: WorkerFixture;
  afterEach(() => workers.stop());

  type Definition = Parameters<typeof createRunsFixture>[1];
  async function start(model: ChatModel, definition: Definition = {}, logs?: string[]) {
    runs = await createRunsFixture(database(), definition);
    const tools = [
      defineTool({
        name: "hold",
        description: "Ignores its signal",
        input: z.object({}),
        execute: () => never,
      }),
    ];
    workers = await createWorkerFixture(runs, { model, tools, ...(logs ? { logs } : {}) });
    await workers.start();
  }
  const admit = async (threadId?: string) => {
    const { run } = await admitRun(workers.context, runs.principal, {
      input: "Hello",
      metadata: {},
      ...(threadId ? { threadId } : {}),
    });
    return run;
  };
  const outcome = async () => workers.reach((await admit()).run_id);
  const script = (...entries: ScriptEntry[]) => scriptedModel(entries);

  describe("a run", () => {
    it("ends with the model's answer, its events in order", async () => {
      await start(script({ text: ["Hel", "lo"] }));
      const run = await outcome();
      expect(run).toMatchObject({
        status: "success",
        output: "Hello",
        usage: { input_tokens: 10, output_tokens: 5 },
      });
      expect((await runs.events(run.run_id)).map(({ id, type }) => `${id} ${type}`)).toEqual([
        "0-1 run.queued",
        "1-1 run.started",
        "1-2 message.started",
        "1-3 message.delta",
        "1-4 message.delta",
        "1-5 message.completed",
        "1-6 usage.updated",
        "1-7 run.completed",
      ]);
    });

    it("tells the model what was said before on its thread", async () => {
      const model = script("one", "two");
      await start(model);
      const threadId = await runs.thread();
      const admitted = [await admit(threadId), await admit(threadId)];
      for (const { run_id: runId } of admitted) await workers.reach(runId);
      expect(model.requests[1]?.messages.map(({ role, content }) => [role, content])).toEqual([
        ["user", "Hello"],
        ["assistant", "one"],
        ["user", "Hello"],
      ]);
    });

    it("fails as its model does", async () => {
      const error = new AppError("model_unavailable", { detail: "No answer from api.test" });
      await start(script({ error }));
      const run = await outcome();
      expect(run).toMatchObject({
        status: "error",
        stop_reason: "error",
        error: { code: "model_unavailable", detail: "No answer from api.test" },
      });
      expect((await runs.events(run.run_id)).at(-1)).toMatchObject({
        type: "run.failed",
        data: { error: { code: "model_unavailable" } },
      });
    });

    it("fails alone where this version cannot read its agent", async () => {
      await start(script({ text: "Hello" }, { text: "Hello" }));
      const { tenantId } = runs.principal;
      const define = (definition: string) =>
        database().system((tx) =>
          tx.query(`UPDATE agent_versions SET definition = $2 WHERE tenant_id = $1`, [
            tenantId,
            definition,
          ]),
        );
      const [{ definition } = { definition: "" }] = await database().system((tx) =>
        tx.query<{ definition: string }>(
          `SELECT definition FROM agent_versions WHERE tenant_id = $1`,
          [tenantId],
        ),
      );
      await define(JSON.stringify({ ...JSON.parse(definition), newer: true }));
      expect(await outcome()).toMatchObject({
        stop_reason: "error",
        error: { code: "invalid_request" },
      });
      await define(definition);
      expect(await outcome()).toMatchObject({ status: "success" });
    });

    it("waits for a person where a call was cut off, also on a worker that lacks the tool", async () => {
      await start(script(), { tools: ["send"] });
      const { run, fence } = await runs.claimed();
      const { run_id: runId } = run;
      await database().system((tx) =>
        tx.query(
          `INSERT INTO run_steps (tenant_id, run_id, step_key, kind, name, effect, state, input_hash, epoch)
           VALUES ($1, $2, 'model/0/tools/0', 'tool', 'send', 'unsafe', 'intent', 'h', 1)`,
          [fence.tenantId, runId],
        ),
      );
      await runs.bury(fence.owner);
      const waiting = await workers.reach(runId, "waiting");
      expect(waiting).toMatchObject({ status: "interrupted", stop_reason: "effect_unknown" });
      await resumeRun(workers.context, runs.principal, runId, {
        step_key: "model/0/tools/0",
        outcome: "not_done",
      });
      expect(await workers.reach(runId)).toMatchObject({
        status: "error",
        error: { code: "tool_not_found" },
      });
    });

    it("says nothing of an error of our own, which the log tells", async () => {
      const logs: string[] = [];
      await start(script({ error: new Error("SELECT prompt FROM secrets") }), {}, logs);
      const run = await outcome();
      expect(run).toMatchObject({ stop_reason: "error", error: { code: "internal" } });
      expect(JSON.stringify([run, await runs.events(run.run_id)])).not.toContain("secrets");
      expect(logs.some((line) => line.includes("run failed"))).toBe(true);
    });

    it("ends as budget_exceeded past its tokens, with what it used", async () => {
      const turn = {
        toolCalls: [{ name: "nothing" }],
        usage: { input_tokens: 90, output_tokens: 20 },
      };
      await start(script(turn, "never"), { limits: { max_tokens: 100 } });
      expect(await outcome()).toMatchObject({
        status: "error",
        stop_reason: "budget_exceeded",
        error: { code: "budget_exceeded" },
        usage: { input_tokens: 90, output_tokens: 20 },
      });
    });

    it.each([
      {
        what: "a tool that is not installed",
        definition: { tools: ["gone"] },
        code: "tool_not_found",
      },
      {
        what: "a prompting strategy that is not",
        definition: { prompting: "gone" },
        code: "invalid_request",
      },
      {
        what: "a provider that is not",
        definition: { model: "gone/model" },
        code: "invalid_request",
      },
    ])("ends by $what", async ({ definition, code }) => {
      await start(script("never"), definition);
      expect(await outcome()).toMatchObject({
        status: "error",
        stop_reason: "error",
        error: { code },
      });
    });

    it("ends as max_steps with the last answer", async () => {
      await start(script({ text: "so far", toolCalls: [{ name: "nothing" }] }), {
        limits: { max_steps: 1 },
      });
      expect(await outcome()).toMatchObject({
        status: "success",
        stop_reason: "max_steps",
        output: "so far",
      });
    });
  });

  const deafModel: ChatModel = {
    id: "test/deaf",
    complete: () => never,
    // oxlint-disable-next-line require-yield -- it never comes to that
    async *stream() {
      await never;
    },
  };
  const holding = () => script({ toolCalls: [{ name: "hold" }] });

  it.each([
    { who: "a model", model: () => deafModel },
    { who: "a tool", model: holding },
  ])(
    "$who that ignores its signal holds neither the time limit nor a cancellation",
    async ({ model }) => {
      await start(model(), { tools: ["hold"], limits: { timeout_seconds: 1 } });
      expect(await outcome()).toMatchObject({
        status: "timeout",
        stop_reason: "timeout",
        error: { code: "run_timeout" },
      });

      await workers.stop();
      await start(model(), { tools: ["hold"] });
      const { run_id: runId } = await admit();
      await vi.waitFor(async () =>
        expect((await runs.row(runId, "state"))["state"]).toBe("running"),
      );
      await cancelRun(workers.context, runs.principal, runId);
      expect(await workers.reach(runId)).toMatchObject({
        status: "interrupted",
        stop_reason: "cancelled",
      });
      expect((await runs.events(runId)).at(-1)?.type).toBe("run.cancelled");
    },
  );
});
