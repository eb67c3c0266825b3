import type { Json } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { expect, it } from "vitest";
import { writeRun } from "./journal/write-run.ts";
import { listRunSteps } from "./list-run-steps.ts";

onEachDatabase((database) => {
  it("shows what tools were called with, as the last call of a step was, up to 256 KiB", async () => {
    const runs = await createRunsFixture(database());
    const { fence, run } = await runs.claimed();
    const calls: [step: string, given: Json][] = [
      ["model/0/tools/0", { to: "nobody" }],
      ["model/0/tools/1", "x".repeat(256 * 1024)],
      ["model/0/tools/0", { to: "a\u0000b", n: [1, null] }],
    ];
    const tools = ["model/0/tools/0", "model/0/tools/1"].map(
      (key) => ({ key, kind: "tool" }) as const,
    );
    await database().system((tx) =>
      writeRun(tx, fence, {
        events: calls.map(([stepKey, given], index) => ({
          id: `1-${index + 1}`,
          type: "tool_call.started",
          data: JSON.stringify({ tool_call_id: `c${index}`, name: "send", arguments: given }),
          stepKey,
        })),
        steps: [{ key: "model/0", kind: "model" } as const, ...tools].map((step, second) => ({
          ...step,
          name: step.kind === "tool" ? "send" : "m",
          effect: "unsafe",
          state: "intent",
          inputHash: "h",
          startedAt: new Date(second * 1_000),
        })),
      }),
    );
    const steps = await listRunSteps(runs.context, runs.principal, run.run_id);
    const common = { effect: "unsafe", state: "intent" };
    const tool = { ...common, kind: "tool", name: "send" };
    expect(steps).toEqual([
      { step_key: "model/0", kind: "model", name: "m", ...common, started_at: expect.any(String) },
      {
        step_key: "model/0/tools/0",
        ...tool,
        arguments: { to: "a\u0000b", n: [1, null] },
        started_at: expect.any(String),
      },
      { step_key: "model/0/tools/1", ...tool, started_at: expect.any(String) },
    ]);
  });

  it("holds the first 16 MiB of results", async () => {
    const runs = await createRunsFixture(database());
    const { fence, run } = await runs.claimed();
    await database().system((tx) =>
      tx.query(
        `INSERT INTO run_steps (tenant_id, run_id, step_key, kind, name, effect, state, input_hash, result, epoch, started_at)
         SELECT $1, $2, 'model/' || n, 'model', 'm', 'none', 'done', 'h', to_json(repeat('x', 262142))::text, 1,
           now() + make_interval(secs => n) FROM generate_series(1, 66) AS n`,
        [fence.tenantId, fence.runId],
      ),
    );
    const steps = await listRunSteps(runs.context, runs.principal, run.run_id);
    expect(steps).toHaveLength(66);
    expect(steps.map(({ result }) => result !== undefined).indexOf(false)).toBe(64);
  });
});
