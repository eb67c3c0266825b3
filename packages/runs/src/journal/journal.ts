import { hash } from "node:crypto";
import {
  AppError,
  canonicalJson,
  type Clock,
  type Effect,
  type Json,
  RunSuspended,
} from "@llamaagent/core";
import { RunCancelled } from "./run-cancelled.ts";
import { storableText } from "./storable-text.ts";
import type { RunRecorder } from "./run-recorder.ts";
import type { StoredProgress } from "./stored-progress.ts";
import type { RecordedStep } from "./write-run.ts";

export interface StepSpec {
  /** Path of the step in the run, equal in every replay. */
  key: string;
  kind: "model" | "tool";
  /** Model id or tool name. */
  name: string;
  effect: Effect;
  /** What was asked; its hash is stored. */
  input: unknown;
  /** False where the agent yields no event that ends the step. */
  hasEvents: boolean;
}

type OpenedStep =
  /** An earlier epoch finished it. */
  | { state: "done"; result: Json }
  /** An owner that died began it, and nobody knows whether it took effect. */
  | { state: "unknown" }
  /** To be done now, then closed. */
  | { state: "open"; close: (result: unknown) => void };

/** Every port whose answer enters a prompt or a branch goes through here. */
export interface Journal {
  /** Errors: `nondeterministic_replay`; whatever the guard throws. */
  open(spec: StepSpec): Promise<OpenedStep>;
  /** Opens a step whose outcome was unknown and is known now. */
  reopen(spec: StepSpec): Promise<OpenedStep & { state: "open" }>;
  /** The run has to wait until a person settles this step. */
  suspend(stepKey: string): never;
  /** Steps that the run waits for. */
  suspended(): string[];
  /** Unsafe steps that an owner before began, and nobody knows whether they took effect. */
  unknown(): string[];
  /** A message's id: the same in every replay of a finished step, new where the step begins again. */
  messageId(stepKey: string): string;
}

export function createJournal(options: {
  runId: string;
  epoch: number;
  progress: StoredProgress;
  recorder: RunRecorder;
  clock: Clock;
  /** Throws where no step may begin: cancelled, fenced off, shutting down. */
  guard: () => Promise<void>;
  /** A model step whose prompt is not the one that was answered; the stored answer holds. */
  onChangedPrompt: (stepKey: string) => void;
}): Journal {
  const { progress, recorder, clock } = options;
  const suspended: string[] = [];

  async function begin(spec: StepSpec, inputHash: string): Promise<OpenedStep & { state: "open" }> {
    const { key, kind, name, effect } = spec;
    const step: RecordedStep = {
      key,
      kind,
      name: storableText(name),
      effect,
      inputHash,
      state: "intent",
      startedAt: clock.now(),
    };
    if (effect !== "none" && (await recorder.begin(step))) throw new RunCancelled();
    return {
      state: "open",
      close: (result) =>
        recorder.complete(
          { ...step, state: "done", result: JSON.stringify(result), endedAt: clock.now() },
          spec,
        ),
    };
  }

  return {
    async open(spec) {
      await options.guard();
      const inputHash = sha256(canonicalJson({ name: spec.name, input: spec.input }));
      const stored = progress.steps.get(spec.key);
      if (stored && stored.inputHash !== inputHash) {
        if (spec.kind === "tool")
          throw new AppError("nondeterministic_replay", {
            detail: `Step ${spec.key} was a different call before the run was interrupted`,
          });
        if (stored.state === "done") options.onChangedPrompt(spec.key);
      }
      if (stored?.state === "done" && stored.result !== undefined)
        return { state: "done", result: stored.result };
      if (stored && stored.effect === "unsafe") return { state: "unknown" };
      return begin(spec, inputHash);
    },

    async reopen(spec) {
      await options.guard();
      return begin(spec, sha256(canonicalJson({ name: spec.name, input: spec.input })));
    },

    suspend(stepKey) {
      suspended.push(stepKey);
      throw new RunSuspended(suspended);
    },

    suspended: () => [...suspended],

    unknown: () =>
      [...progress.steps].flatMap(([key, { state, effect }]) =>
        state !== "done" && effect === "unsafe" ? [key] : [],
      ),

    messageId(stepKey) {
      const stored = progress.steps.get(stepKey);
      const isDone = stored?.state === "done";
      const runId = (isDone && stored.originRunId) || options.runId;
      const epoch = isDone ? stored.epoch : options.epoch;
      return `msg_${sha256(`${runId} ${stepKey} ${epoch}`).slice(0, 24)}`;
    },
  };
}

function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
