import type { Database } from "@llamaagent/db";
import { type ClaimedRun, RunCancelled, RunLost } from "@llamaagent/runs";
import { expect, it } from "vitest";
import { RunHandedBack } from "../run-control.ts";
import { toMachineMs, type ToChild } from "./messages.ts";
import { takeRun } from "./take-run.ts";

const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
const claimed = {
  run: { run_id: "run" },
  fence: { tenantId: "t", runId: "run", epoch: 1, owner: "w" },
} as ClaimedRun; // it is passed on as it is

/** `owned`: what the worker's look finds, each with whether it is cancelled. */
function start(owned: Record<string, boolean> = { run: false }, epoch = 1) {
  const heard: ((message: ToChild) => void)[] = [];
  const channel = { listen: (listener: (message: ToChild) => void) => void heard.push(listener) };
  const system = async () =>
    Object.entries(owned).map(([run_id, is_cancelled]) => ({ run_id, epoch, is_cancelled }));
  const db = { system } as unknown as Database; // asked for what the worker owns alone
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
  const { taking, tell } = start({ other: true, run: false });
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
  const { taking, tell } = start({ other: false, run: true });
  tell(run());
  const { control } = await taking;
  await expect(control.guard()).rejects.toBeInstanceOf(RunCancelled);
});

it.each([
  ["is not the worker's any more", start({ other: false })],
  ["was claimed again", start({ run: false }, 2)],
])("begins no step of a run that %s", async (_what, { taking, tell }) => {
  tell(run());
  const { control } = await taking;
  await expect(control.guard()).rejects.toBeInstanceOf(RunLost);
});
