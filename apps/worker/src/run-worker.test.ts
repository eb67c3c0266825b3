import { agentsPlugin } from "@llamaagent/agents/manifest";
import { AgentDefinition, createPluginRegistry, systemClock } from "@llamaagent/core";
import { modelsPlugin } from "@llamaagent/models/manifest";
import { createLogger } from "@llamaagent/observability";
import { createAgentReader } from "@llamaagent/runs";
import { runRow } from "@llamaagent/testing/run-row";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ExecuteRun } from "./execute-run.ts";
import type { Quarantine } from "./quarantine/quarantine.ts";
import { type RunWorker, type RunWorkerOptions, startRunWorker } from "./run-worker.ts";

let statements: { text: string; values: readonly unknown[] }[];
/** What claims find. */
let claimable: object[];
let hint: () => Promise<void>;
let worker: RunWorker | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  statements = [];
  claimable = [];
});
afterEach(async () => {
  await worker?.stop();
  vi.useRealTimers();
});

function start(options: Partial<RunWorkerOptions> = {}): RunWorker {
  const query = async (text: string, values: readonly unknown[] = []): Promise<unknown[]> => {
    statements.push({ text, values });
    if (!text.includes("state = 'running', owner = $1")) return [];
    return claimable.splice(0, Number(values[1]));
  };
  const logger = createLogger({ level: "silent" });
  const deps = {
    context: {
      db: {
        system: (work: (tx: object) => unknown) => Promise.resolve(work({ query })),
      },
      hints: {
        consume(handler: (hint: { runs: number }) => Promise<void>) {
          hint = () => handler({ runs: 1 });
          return { close: async () => {} };
        },
        add: async () => true,
      },
      cancelSignals: { subscribe: () => {} },
      clock: systemClock,
    },
    registry: createPluginRegistry([
      { source: "agents", plugin: agentsPlugin },
      { source: "models", plugin: modelsPlugin },
    ]),
    readAgent: createAgentReader(),
    clock: systemClock,
    logger,
  } as unknown as ExecuteRun; // a worker that executes nothing itself asks for no more
  worker = startRunWorker(deps, {
    workerId: "w",
    slots: 1,
    taskHandlers: {},
    onClaimed: () => {},
    lease: {
      isValid: () => true,
      until: Infinity,
      mayTakeOver: () => false,
      mayStrike: () => false,
      waitUntilValid: async () => {},
      onLapse: () => {},
      release: async () => {},
    },
    quarantine: { isFull: false, execute: async () => {} },
    firstHousekeepingMs: 90_000,
    logger,
    ...options,
  });
  return worker;
}
const times = (text: string): number =>
  statements.filter((statement) => statement.text.includes(text)).length;

it("keeps house soon after its start, then hourly", async () => {
  const running = start();
  await vi.advanceTimersByTimeAsync(89_000);
  expect(times("ensure_run_partitions")).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(times("ensure_run_partitions")).toBe(1);
  await vi.advanceTimersByTimeAsync(3_599_000);
  expect(times("ensure_run_partitions")).toBe(2);
  await running.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it("queues the runs again, each 15 s, that it owns and does not execute", async () => {
  const over = Promise.withResolvers<void>();
  claimable = [claimedRow("0199a6f0-0000-7000-8000-000000000001")];
  start({ quarantine: { isFull: false, execute: () => over.promise } });
  await vi.advanceTimersByTimeAsync(14_000);
  expect(times("run_id <> ALL")).toBe(0);
  await vi.advanceTimersByTimeAsync(1_000);
  over.resolve();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(
    statements.filter(({ text }) => text.includes("run_id <> ALL")).map(({ values }) => values),
  ).toEqual([
    ["w", ["0199a6f0-0000-7000-8000-000000000001"]],
    ["w", []],
  ]);
});

it("claims on as soon as a run ends, while there are more", async () => {
  claimable = Array.from({ length: 6 }, (_, n) =>
    claimedRow(`0199a6f0-0000-7000-8000-00000000000${n}`),
  );
  const ended: string[] = [];
  const execute: Quarantine["execute"] = async ({ run }, _control, slots) => {
    ended.push(run.run_id);
    slots.release();
  };
  start({ slots: 3, quarantine: { isFull: false, execute } });
  await hint();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toHaveLength(1);
  await Promise.all([hint(), hint()]);
  await vi.advanceTimersByTimeAsync(20);
  expect(ended).toHaveLength(6);
});

it("claims for its free slots each second, also while hints come", async () => {
  start({ slots: 2 });
  const claims = () =>
    statements.filter(({ text }) => text.includes("owner = $1, epoch")).map(({ values }) => values);
  for (let n = 0; n < 5; n += 1) {
    await hint();
    await vi.advanceTimersByTimeAsync(450);
  }
  expect(claims()).toContainEqual(["w", 2]);
});

it("claims none for a quarantine that is full", async () => {
  start({ quarantine: { isFull: true, execute: async () => {} } });
  await hint();
  await vi.advanceTimersByTimeAsync(0);
  const claims = statements.filter(({ text }) => text.includes("SKIP LOCKED"));
  // One run, of fewer than two strikes.
  expect(claims.map(({ text, values }) => [text.includes("strikes < $2"), values])).toEqual([
    [true, ["w", 2, 1]],
  ]);
});

/** A run that a quarantine executes: with two strikes. */
function claimedRow(runId: string): object {
  return runRow({
    tenant_id: "t",
    run_id: runId,
    epoch: 1,
    strikes: 2,
    seconds_left: 600,
    cancel_requested_at: null,
    definition: JSON.stringify(AgentDefinition.parse({ name: "a", model: "offline/extractive" })),
    history: null,
    input: '"Hello"',
  });
}
