import type { ScenarioPlace } from "./vu/protocol.ts";
import type { CallOutcome, Vu } from "./vu/start-vu.ts";

/** Numbers from 0 on: of the scenario's iterations, and of those that the VU did of it. */
export type Iteration = Pick<ScenarioPlace, "iterationInTest" | "iterationInScenario">;

/** What a scenario has of the test around it. */
export interface ScenarioSurroundings {
  /** A VU of the scenario's own, loaded. */
  startVu: () => Promise<Vu>;
  /** One iteration, counted and measured. */
  iterate: (vu: Vu, iteration: Iteration) => Promise<CallOutcome>;
  dropped: () => void;
  /** Ends the load at once, and what is under way. */
  stop: AbortSignal;
}

/** An executor at work: `step` does what is due, so many milliseconds after the scenario's start. */
export interface Load {
  step(ms: number): void;
  /** Resolves when no iteration is under way. */
  settled(): Promise<unknown>;
  /** Ends what is under way. */
  interrupt(): Promise<void>;
}
