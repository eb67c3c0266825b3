import type { Database } from "@llamaagent/db";
import { type ClaimedRun, RunCancelled } from "@llamaagent/runs";
import { expect, it } from "vitest";
import { RunHandedBack } from "../run-control.ts";
import { toMachineMs, type ToChild } from "./messages.ts";
import { takeRun } from "./take-run.ts";

const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
const claimed = {
  run: { run_id: "run" },
  fence: { tenantId: "t", runId: "run", epoch: 1, owner: "w" },
} as ClaimedRun; // it is passed on as it is

function start(cancelledRuns: string[] = []) {
  const heard: ((message: ToChild) => void)[] = [];
  const channel = { listen: (listener: (message: ToChild) => void) => void heard.push(listener) };
  const system = async () => cancelledRuns.map((runId) => ({ run_id: runId }));
  const db = { system } as unknown as Database; // asked for cancellations alone
  const taking = takeRun({ channel, db, clock });
  /** As Node does with what one read brought: one after the other, and nobody goes on in between. */
  const tell = (...messages: ToChild[]): void => {
    for (const message of messages) for (const listener of heard) listener(message);
  };
  return { taking, tell };
}
const run = (leaseMs = 10_000): ToChild => ({
  kind: "run",
  claimed,
  workspaceRoot: "/nowhere",
  leaseUntil: toMachineMs(clock.monotonicMs() + leaseMs, clock),
});

it("heeds what comes together with the run", async () => {
  const { taking, tell } = start();
  tell(run(), { kind: "drain" }, { kind: "hand_back" });
  const { control } = await taking;
  expect(control.draining.aborted).toBe(true);
  expect(control.signal.reason).toBeInstanceOf(RunHandedBack);
});

it("has the worker's lease, and hears of a cancellation while it executes", async () => {
  const { taking, tell } = start(["other"]);
  tell(run(-1));
  const { control, lease } = await taking;
  expect(lease.isValid()).toBe(false);
  tell({ kind: "lease", until: toMachineMs(clock.monotonicMs() + 10_000, clock) });
  expect(lease.isValid()).toBe(true);
  await control.guard();
  tell({ kind: "cancel" });
  await expect(control.guard()).rejects.toBeInstanceOf(RunCancelled);
});

it("begins no step of a run whose cancellation is stored", async () => {
  const { taking, tell } = start(["other", "run"]);
  tell(run());
  const { control } = await taking;
  await expect(control.guard()).rejects.toBeInstanceOf(RunCancelled);
});
