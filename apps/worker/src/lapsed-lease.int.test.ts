import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type ChatModel, type Clock, defineTool } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { RunLost } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { createWorkerFixture, type WorkerFixture } from "./test/worker-fixture.ts";

onEachDatabase((database) => {
  let workers: WorkerFixture | undefined;
  afterEach(() => workers?.stop());

  it("a worker whose lease is over sends nothing to the tail until it is renewed", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const model: ChatModel = {
      id: "test/scripted",
      complete: () => Promise.reject(new Error("unused")),
      async *stream() {
        yield { type: "text", text: "a" };
        for (const [index, { promise }] of gates.entries()) {
          await promise;
          yield { type: "text", text: index === 0 ? "b" : "c" };
        }
        const usage = { input_tokens: 1, output_tokens: 3 };
        const response = { content: "abc", tool_calls: [], usage, finish_reason: "stop" as const };
        yield { type: "completed", response };
      },
    };
    let isAway = false;
    const db: Database = {
      ...database(),
      system: (work) =>
        isAway ? Promise.reject(new AppError("service_unavailable")) : database().system(work),
    };
    let ahead = 0;
    const clock: Clock = {
      now: () => new Date(),
      monotonicMs: () => performance.now() + ahead,
    };
    const runs = await createRunsFixture(database());
    const fixture = { ...runs, context: { ...runs.context, db } };
    workers = await createWorkerFixture(fixture, { model, clock });
    await workers.start();
    const { run_id: runId } = await runs.admit();
    const sent = () =>
      runs.published.flatMap((event) =>
        event.runId === runId && event.type === "message.delta"
          ? [(JSON.parse(event.data) as { text: string }).text] // written by the recorder
          : [],
      );
    await vi.waitFor(() => expect(sent()).toEqual(["a"]), 10_000);

    isAway = true;
    ahead = 10_000;
    gates[0]?.resolve();
    await sleep(200);
    isAway = false;
    // It is renewed each 3 s.
    await sleep(3_500);
    gates[1]?.resolve();
    expect(await workers.reach(runId)).toMatchObject({ status: "success", output: "abc" });
    expect(sent()).toEqual(["a", "c"]);
    const stored = (await runs.events(runId)).filter(({ type }) => type === "message.delta");
    expect(stored.map(({ data }) => data["text"])).toEqual(["a", "b", "c"]);
  });

  it("a worker whose lease lapsed lets go of what it has no more, and goes on with the rest", async () => {
    const gate = Promise.withResolvers<void>();
    const begun: string[] = [];
    /** Why a run's call was stopped. */
    const stopped = new Map<string, unknown>();
    const input = z.object({});
    const wait = defineTool({
      name: "wait",
      description: "Waits",
      input,
      effect: "none",
      async execute(_input, { runId, signal }) {
        begun.push(runId);
        signal.addEventListener("abort", () => stopped.set(runId, signal.reason));
        await gate.promise;
      },
    });
    // Its intent and its end are stored at once, with all that came before: then nothing is written any more.
    const touch = defineTool({
      name: "touch",
      description: "Returns",
      input,
      effect: "unsafe",
      execute: async () => "touched",
    });
    const runs = await createRunsFixture(database(), { tools: ["wait", "touch"] });
    const model = scriptedModel(
      Array.from(
        { length: 6 },
        () =>
          ({ messages }) =>
            messages.at(-1)?.role === "tool"
              ? "done"
              : { toolCalls: [{ name: "wait" }, { name: "touch" }] },
      ),
    );
    let ahead = 0;
    const clock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() + ahead };
    workers = await createWorkerFixture(runs, { model, tools: [wait, touch], clock });
    await workers.start({ slots: 3 });
    const [kept, taken, anew] = [await runs.admit(), await runs.admit(), await runs.admit()].map(
      ({ run_id: runId }) => runId,
    );
    if (kept === undefined || taken === undefined || anew === undefined) throw new Error("no run");
    for (const runId of [kept, taken, anew])
      await vi.waitFor(async () => {
        expect(begun).toContain(runId);
        const stored = (await runs.events(runId)).map(({ type }) => type);
        expect(stored).toContain("tool_call.completed");
      }, 10_000);

    const lose = (runId: string, owner: string) =>
      database().system((tx) =>
        tx.query(`UPDATE runs SET epoch = epoch + 1, owner = $2 WHERE run_id = $1`, [runId, owner]),
      );
    const { owner } = await runs.row(anew, "owner");
    await lose(taken, await runs.worker());
    // By a claim of its own whose answer it never had.
    await lose(anew, String(owner));
    ahead = 10_000;
    await vi.waitFor(
      () => expect([...stopped.keys()].toSorted()).toEqual([taken, anew].toSorted()),
      10_000,
    );
    for (const reason of stopped.values()) expect(reason).toBeInstanceOf(RunLost);
    gate.resolve();
    expect(await workers.reach(kept)).toMatchObject({ status: "success", output: "done" });
    expect(model.requests).toHaveLength(4);
  });
});
