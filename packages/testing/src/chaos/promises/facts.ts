import type { RunEvent } from "@llamaagent/client";
import type { EffectLine } from "../../durability/effect-server.ts";
import type { FakeCall } from "../../fake-openai.ts";
import type { RunPlan } from "../plan/run-plan.ts";

export interface StoredRun {
  id: string;
  plan: RunPlan;
  state: string;
  stopReason: string | null;
  events: RunEvent[];
  /** Of each event, when its commit happened; see `StoredStep.committedAt`. */
  eventsCommittedAt: number[];
}

export interface StoredStep {
  runId: string;
  key: string;
  state: string;
  /** When the commit happened that made it as it is, on Postgres's clock, which is the machine's. */
  committedAt: number;
}

/** What is known when an experiment is over: from Postgres, and from the world outside the server. */
export interface Facts {
  /** Ids of the runs that were answered 2xx. */
  acknowledged: readonly string[];
  runs: readonly StoredRun[];
  steps: readonly StoredStep[];
  modelCalls: readonly FakeCall[];
  effects: readonly EffectLine[];
}
