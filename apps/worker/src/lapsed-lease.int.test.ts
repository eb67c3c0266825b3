import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type ChatModel, type Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { afterEach, expect, it, vi } from "vitest";
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
});
