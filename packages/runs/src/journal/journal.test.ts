import { type Effect, RunSuspended } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { createJournal, type StepSpec } from "./journal.ts";
import { RunCancelled } from "./run-cancelled.ts";
import { noProgress, type StoredProgress } from "./stored-progress.ts";
import type { RecordedStep } from "./write-run.ts";

type StoredStep = NonNullable<ReturnType<StoredProgress["steps"]["get"]>>;

const spec = (rest: Partial<StepSpec> = {}): StepSpec => ({
  key: "model/0/tools/0",
  kind: "tool",
  name: "send",
  effect: "unsafe",
  input: { to: "a", text: "b" },
  hasEvents: true,
  ...rest,
});

/** A journal of epoch 3 over what earlier epochs left. */
function journal(
  steps: Record<string, StoredStep> = {},
  options: { isCancelled?: boolean; guard?: () => Promise<void> } = {},
) {
  const begun: RecordedStep[] = [];
  const completed: RecordedStep[] = [];
  const changed: string[] = [];
  const made = createJournal({
    runId: "run-1",
    epoch: 3,
    progress: { ...noProgress, steps: new Map(Object.entries(steps)) },
    recorder: {
      lifecycle: () => {},
      emit: () => {},
      begin: async (step) => (begun.push(step), options.isCancelled ?? false),
      complete: (step) => void completed.push(step),
      end: async () => [],
      pause: async () => {},
      handBack: async () => [],
    },
    clock: { now: () => new Date(0), monotonicMs: () => 0 },
    guard: options.guard ?? (async () => {}),
    onChangedPrompt: (step) => changed.push(step),
  });
  // Functions, to be taken off one by one.
  return {
    begun,
    completed,
    changed,
    open: (step: StepSpec) => made.open(step),
    suspend: (step: string) => made.suspend(step),
    suspended: () => made.suspended(),
    messageId: (step: string) => made.messageId(step),
  };
}

/** The hash that the journal gives to such a step. */
async function stored(step: StepSpec, rest: Partial<StoredStep> = {}): Promise<StoredStep> {
  const probe = journal();
  const opened = await probe.open(step);
  if (opened.state === "open") opened.close(null);
  const { kind, effect } = step;
  const inputHash = probe.completed[0]?.inputHash ?? "";
  return { kind, effect, inputHash, state: "done", result: { ok: 1 }, epoch: 2, ...rest };
}

describe("a journal", () => {
  it.each<[Effect, number]>([
    ["none", 0],
    ["idempotent", 1],
    ["unsafe", 1],
  ])("commits an intent before a step with an effect (%s)", async (effect, intents) => {
    const { open, begun, completed } = journal();
    const opened = await open(spec({ effect }));
    expect(begun.map(({ state }) => state)).toEqual(intents === 1 ? ["intent"] : []);
    if (opened.state !== "open") throw new Error("not open");
    opened.close({ status: "completed", output: "ä\u0000" });
    expect(completed).toMatchObject([
      {
        key: "model/0/tools/0",
        state: "done",
        result: '{"status":"completed","output":"ä\\u0000"}',
      },
    ]);
  });

  it("answers a finished step from what is stored, whatever its effect", async () => {
    const { open, begun } = journal({ "model/0/tools/0": await stored(spec()) });
    expect(await open(spec())).toEqual({ state: "done", result: { ok: 1 } });
    expect(begun).toEqual([]);
  });

  it.each<[Effect, string]>([
    ["none", "open"],
    ["idempotent", "open"],
    ["unsafe", "unknown"],
  ])(
    "opens a step that was begun and not finished, unless it is unsafe (%s)",
    async (effect, state) => {
      const step = await stored(spec({ effect }), { state: "intent", result: undefined });
      const { open } = journal({ "model/0/tools/0": step });
      expect((await open(spec({ effect }))).state).toBe(state);
    },
  );

  it("goes by the effect that the step had when it began", async () => {
    const step = await stored(spec(), { state: "intent", result: undefined });
    const { open } = journal({ "model/0/tools/0": step });
    expect((await open(spec({ effect: "none" }))).state).toBe("unknown");
  });

  it.each([{ name: "other" }, { input: { to: "a", text: "c" } }, { input: ["a"] }])(
    "refuses a replay that calls something else (%o)",
    async (other) => {
      const { open } = journal({ "model/0/tools/0": await stored(spec()) });
      await expect(open(spec(other))).rejects.toMatchObject({ code: "nondeterministic_replay" });
    },
  );

  it("takes equal arguments in another key order for the same call", async () => {
    const { open } = journal({ "model/0/tools/0": await stored(spec()) });
    expect((await open(spec({ input: { text: "b", to: "a" } }))).state).toBe("done");
  });

  it("holds the stored answer of a model whose prompt changed, and says so", async () => {
    const model = { key: "model/0", kind: "model", effect: "none" } as const;
    const { open, changed } = journal({ "model/0": await stored(spec(model)) });
    expect((await open(spec({ ...model, input: "a new deployment's prompt" }))).state).toBe("done");
    expect(changed).toEqual(["model/0"]);
  });

  it("begins nothing where the cancellation was requested, or its guard refuses", async () => {
    await expect(journal({}, { isCancelled: true }).open(spec())).rejects.toThrow(RunCancelled);
    const guarded = journal({}, { guard: () => Promise.reject(new Error("no")) });
    await expect(guarded.open(spec({ effect: "none" }))).rejects.toThrow("no");
    expect(guarded.begun).toEqual([]);
  });

  it("names all steps that wait", () => {
    const { suspend, suspended } = journal();
    expect(() => suspend("a")).toThrow(RunSuspended);
    expect(() => suspend("b")).toThrow("the run waits for: a, b");
    expect(suspended()).toEqual(["a", "b"]);
  });

  it("keeps the message id of a finished step, and gives a new one where it begins again", async () => {
    const step = await stored(spec(), { epoch: 2 });
    const ids = [
      journal({ "model/0": step }).messageId("model/0"),
      journal({ "model/0": { ...step, epoch: 1 } }).messageId("model/0"),
      journal({ "model/0": { ...step, state: "intent" } }).messageId("model/0"),
      journal().messageId("model/1"),
    ];
    expect(journal({ "model/0": step }).messageId("model/0")).toBe(ids[0]);
    expect(journal().messageId("model/0")).toBe(ids[2]);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^msg_[0-9a-f]{24}$/);
  });
});
