import type { Client, RunResume } from "@llamaagent/client";
import type { EffectLine } from "./effect-server.ts";

/** What a person said of one call whose outcome nobody knew. */
export interface Settlement {
  /** The call's idempotency key. */
  key: string;
  outcome: RunResume["outcome"];
  /** Why its run waited, as the API showed it before. */
  waitedFor: string | undefined;
}

/** A test as the person who settles, which keeps what it said: a call that did not happen may begin again. */
export interface Settlements {
  made: readonly Settlement[];
  settle(runId: string, settlement: RunResume): Promise<void>;
  /** Every unknown step of a waiting run, by what the effect server was told. */
  settleByTruth(runId: string, effects: readonly EffectLine[]): Promise<void>;
}

export function createSettlements(client: Client): Settlements {
  const made: Settlement[] = [];

  async function settle(runId: string, settlement: RunResume): Promise<void> {
    const { stop_reason: waitedFor } = await client.runs.get(runId);
    const { step_key: stepKey, outcome } = settlement;
    // Before the answer, which may be lost though the settlement holds.
    made.push({ key: `${runId}:${stepKey}`, outcome, waitedFor });
    await client.runs.resume(runId, settlement);
  }

  return {
    made,
    settle,
    async settleByTruth(runId, effects) {
      const { items } = await client.runs.steps(runId);
      for (const { step_key, state } of items) {
        if (state !== "unknown") continue;
        const key = `${runId}:${step_key}`;
        const isDone = effects.some((line) => line.phase === "done" && line.key === key);
        await settle(
          runId,
          isDone
            ? { step_key, outcome: "done", output: { label: "settled" } }
            : { step_key, outcome: "not_done" },
        );
      }
    },
  };
}

/** Unknown outcomes for which a run waited that did not say so. */
export const waitingFaults = (settlements: readonly Settlement[]): string[] =>
  settlements.flatMap(({ key, waitedFor }) =>
    waitedFor === "effect_unknown"
      ? []
      : [`the outcome of ${key} was unknown, and its run's stop reason ${waitedFor}`],
  );
