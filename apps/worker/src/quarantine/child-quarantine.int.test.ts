import { readdir } from "node:fs/promises";
import { createLogger } from "@llamaagent/observability";
import type { ClaimedRun } from "@llamaagent/runs";
import { migratedPostgres } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { createRunControl } from "../run-control.ts";
import { createSlots } from "../slots.ts";
import { openWorkspace } from "../workspace.ts";
import { childQuarantine } from "./child-quarantine.ts";
import type { ToChild } from "./messages.ts";
import type { Child } from "./start-child.ts";

describe.runIf(inject("databaseUrl"))("a run in a process of its own", () => {
  let postgres: Awaited<ReturnType<typeof migratedPostgres>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let runs: RunsFixture;
  let nowMs: number;
  let told: ToChild[];
  let ends: ((settled: boolean) => void)[];
  beforeAll(async () => {
    postgres = await migratedPostgres();
    folder = await temporaryFolder("workspaces");
  });
  afterAll(async () => {
    await postgres?.drop();
    await folder?.remove();
  });
  beforeEach(async () => {
    runs = await createRunsFixture(postgres.database);
    [nowMs, told, ends] = [0, [], []];
  });

  /** A process that is ready, and ends when the test says so. */
  function startChild(): Child {
    const { promise: ended, resolve } = Promise.withResolvers<{ settled: boolean; how: string }>();
    ends.push((settled) => resolve({ settled, how: "SIGKILL" }));
    const ready = Promise.resolve(true);
    return { pid: 1, ready, send: (message) => void told.push(message), ended, kill: () => {} };
  }
  function quarantine(): (claimed: ClaimedRun) => Promise<void> {
    const clock = { now: () => new Date(), monotonicMs: () => nowMs };
    const own = childQuarantine({
      context: { ...runs.context, clock },
      lease: { until: Infinity },
      start: startChild,
      executeHere: () => Promise.reject(new Error("not here")),
      workspaceRoot: folder.path,
      logger: createLogger({ level: "silent" }),
    });
    const cancelWatch = { look: async () => {} };
    const lease = { waitUntilValid: async () => {} };
    return (claimed) =>
      own.execute(claimed, createRunControl({ lease, cancelWatch }), createSlots(0));
  }
  const given = () => told.flatMap((message) => (message.kind === "run" ? [message.claimed] : []));

  it("leaves no folder where that dies, and is queued again", async () => {
    const claimed = await runs.claimed();
    const { database: db } = postgres;
    const { signal } = new AbortController();
    const of = { db, root: folder.path, fence: claimed.fence, threadId: undefined, signal };
    await (await openWorkspace(of)).prepare();
    expect(await readdir(folder.path)).toHaveLength(1);
    const executed = quarantine()(claimed);
    await vi.waitFor(() => expect(given()).toEqual([claimed]));
    ends[0]?.(false);
    await executed;
    expect(await readdir(folder.path)).toEqual([]);
    expect(await runs.row(claimed.run.run_id, "state, strikes")).toEqual({
      state: "queued",
      strikes: 1,
    });
  });

  it("has the less time for it, the longer it waited for one", async () => {
    const execute = quarantine();
    const claimed = { ...(await runs.claimed()), secondsLeft: 600 };
    const executed = [execute(claimed), execute(claimed), execute(claimed)];
    await vi.waitFor(() => expect(given()).toHaveLength(2));
    nowMs += 10_000;
    ends[0]?.(true);
    await vi.waitFor(() => expect(given()).toHaveLength(3));
    expect(given().map(({ secondsLeft }) => secondsLeft)).toEqual([600, 600, 590]);
    for (const end of ends) end(true);
    await Promise.all(executed);
  });
});
