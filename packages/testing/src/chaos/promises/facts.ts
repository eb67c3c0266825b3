import type { RunEvent } from "@llamaagent/client";
import type { EffectLine } from "../../durability/effect-server.ts";
import type { Settlement } from "../../durability/settlements.ts";
import type { FakeCall } from "../../fake-openai.ts";
import type { RunPlan } from "../plan/run-plan.ts";

/** A row of the log, which is never changed. */
export interface LoggedEvent {
  event: RunEvent;
  /** Of the step that the event belongs to. */
  stepKey: string | null;
  /** When its commit happened, on Postgres's clock, which is the machine's. */
  committedAt: number;
}

export interface StoredRun {
  id: string;
  plan: RunPlan;
  state: string;
  stopReason: string | null;
  output: string | null;
  log: LoggedEvent[];
}

/** What is known when an experiment is over: from Postgres, and from the world outside the server. */
export interface Facts {
  /** Ids of the runs that were answered 2xx. */
  acknowledged: readonly string[];
  runs: readonly StoredRun[];
  modelCalls: readonly FakeCall[];
  effects: readonly EffectLine[];
  settlements: readonly Settlement[];
}
