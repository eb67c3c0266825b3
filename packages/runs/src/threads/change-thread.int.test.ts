import type { Json } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import type { ClaimedRun } from "../claim-run.ts";
import { endOwnRun } from "../ends/end-run.ts";
import type { RunEnd } from "../ends/run-end.ts";
import { createRunWriter } from "../journal/run-writer.ts";
import type { AdmitRun } from "../new-run.ts";
import { BEGINNING } from "./checkpoint.ts";
import { copyThread } from "./copy-thread.ts";
import { findThread } from "./find-thread.ts";
import { patchThread, type ThreadPatch } from "./patch-thread.ts";
import { findCheckpoint, listCheckpoints, stateBefore } from "./read-checkpoints.ts";

const usage = { input_tokens: 1, output_tokens: 1 };

onEachDatabase((database) => {
  let runs: RunsFixture;
  let threadId: string;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    threadId = await runs.thread();
  });
  const tenant = () => runs.principal.tenantId;
  const thread = (id = threadId) => database().tenant(tenant(), (tx) => findThread(tx, id));
  const words = (messages: { content: unknown }[]) => messages.map(({ content }) => content);
  const state = (id?: string) =>
    database().tenant(tenant(), (tx) => findCheckpoint(tx, threadId, id));
  const history = (options: { limit: number; before?: string } = { limit: 10 }) =>
    database().tenant(tenant(), (tx) => listCheckpoints(tx, threadId, options));
  const patch = (change: ThreadPatch) =>
    database().tenant(tenant(), (tx) => patchThread(tx, threadId, change, uuidv7));

  const end = ({ fence, run }: ClaimedRun, how: RunEnd) => {
    const by = { db: database(), writer: createRunWriter(database()) };
    return endOwnRun(by, fence, run, { events: [], steps: [] }, how);
  };
  const completed = (output: Json): RunEnd => ({
    reason: "completed",
    output,
    messages: [{ role: "assistant", content: JSON.stringify(output) }],
    usage,
  });
  /** A run of the thread, to its end; answers its id. */
  async function say(input: string, request: Partial<AdmitRun> = {}, output: Json = `re ${input}`) {
    const claimed = await runs.claimed({ threadId, input, ...request });
    await end(claimed, completed(output));
    return claimed.run.run_id;
  }

  describe("a thread's values", () => {
    it("take an output's fields, key by key; other outputs change nothing", async () => {
      await say("1", {}, { a: 1, b: { c: 1 } });
      await say("2", {}, "text");
      await say("3", {}, { b: { d: 2 } });
      expect((await thread()).values).toEqual({ a: 1, b: { d: 2 } });
    });

    it("hold U+FFFD for what jsonb refuses, and the run's output is as it was", async () => {
      const id = await say("1", {}, { "k\u0000": "a\ud800 \\u0000" });
      expect((await thread()).values).toEqual({ "k\ufffd": "a\ufffd \\u0000" });
      const { run } = await runs.context.readRun(tenant(), id);
      expect(run.output).toEqual({ "k\u0000": "a\ud800 \\u0000" });
    });
  });

  it("leaves out values that would come to over 2 MiB; the run ends as it does", async () => {
    const half = "x".repeat(1_000_000);
    await say("1", {}, { a: half });
    await say("2", {}, { b: half });
    const id = await say("3", {}, { c: half });
    expect(Object.keys((await thread()).values)).toEqual(["a", "b"]);
    expect((await runs.context.readRun(tenant(), id)).run).toMatchObject({ status: "success" });
    await say("4", {}, { a: "short" });
    await say("5", {}, { c: half });
    expect(Object.keys((await thread()).values)).toEqual(["a", "b", "c"]);
  });

  describe("a thread's history", () => {
    it("has a state after each run, newest first, each as it was", async () => {
      const first = await say("1", {}, { n: 1 });
      const second = await say("2", {}, { n: 2 });
      const states = await history();
      expect(states.map(({ checkpoint }) => checkpoint.checkpoint_id)).toEqual([second, first]);
      expect(states).toMatchObject([
        {
          parent_checkpoint: { checkpoint_id: first },
          values: { n: 2 },
          metadata: { source: "run", run_id: second },
        },
        { values: { n: 1 }, metadata: { source: "run", run_id: first } },
      ]);
      expect(states[1]).not.toHaveProperty("parent_checkpoint");
      expect(states.map(({ messages }) => words(messages))).toEqual([
        ["1", '{"n":1}', "2", '{"n":2}'],
        ["1", '{"n":1}'],
      ]);
      expect(await history({ limit: 1 })).toEqual(states.slice(0, 1));
      expect(await history({ limit: 10, before: second })).toEqual(states.slice(1));
      expect(await history({ limit: 10, before: uuidv7() })).toEqual([]);
      expect(await state()).toEqual(states[0]);
      expect(await state(first)).toEqual(states[1]);
    });

    it("has a failed run too, with the marker that the thread has", async () => {
      const claimed = await runs.claimed({ threadId, input: "1" });
      await end(claimed, { reason: "cancelled", usage });
      const [only] = await history();
      expect(only?.messages).toMatchObject([{ content: "1" }, { role: "system" }]);
    });

    it("begins with nothing", async () => {
      expect(await history()).toEqual([]);
      const nothing = { checkpoint: { checkpoint_id: BEGINNING }, values: {}, messages: [] };
      expect(await state()).toMatchObject(nothing);
      expect(await state(BEGINNING)).toMatchObject(nothing);
      await expect(state(uuidv7())).rejects.toMatchObject({ code: "not_found" });
    });

    it("is refused in a page of more than 16 MiB, and had in parts", async () => {
      await say("ä".repeat(3_000_000));
      await say("2");
      expect(await history()).toHaveLength(2);
      await say("3");
      await expect(history()).rejects.toMatchObject({
        code: "invalid_request",
        errors: [{ pointer: "/limit", message: expect.stringContaining("16 MiB of states") }],
      });
      const [last] = await history({ limit: 1 });
      expect(last?.messages).toHaveLength(6);
    });

    it("has the newest messages that fit in 16 MiB, and says how many are before them", async () => {
      const large = "ä".repeat(4_500_000);
      const first = await say("1");
      const second = await say(large);
      await say("3");
      const answer = JSON.stringify(`re ${large}`);
      const shown = [answer, "3", '"re 3"'];
      const [last] = await history({ limit: 1 });
      expect([words(last?.messages ?? []), last?.earlier_messages]).toEqual([shown, 3]);
      const now = await thread();
      expect([words(now.messages), now.earlier_messages]).toEqual([shown, 3]);
      const before = await state(second);
      expect([words(before.messages), before.earlier_messages]).toEqual([[answer], 3]);
      const all = await state(first);
      expect(words(all.messages)).toEqual(["1", '"re 1"']);
      expect(all).not.toHaveProperty("earlier_messages");
      await say("x".repeat(17_000_000));
      expect((await thread()).messages).toHaveLength(1);
    });

    it("is found in the thread only", async () => {
      const other = uuidv7();
      for (const look of [
        () => database().tenant(tenant(), (tx) => listCheckpoints(tx, other, { limit: 1 })),
        () => database().tenant(tenant(), (tx) => findCheckpoint(tx, other, undefined)),
        () => database().tenant(uuidv7(), (tx) => listCheckpoints(tx, threadId, { limit: 1 })),
      ])
        await expect(look()).rejects.toMatchObject({ code: "not_found" });
    });
  });

  describe("a run from a checkpoint", () => {
    it("is given what the thread was, and the thread goes on from there", async () => {
      const first = await say("1");
      const second = await say("2");
      const claimed = await runs.claimed({ threadId, input: "3", checkpointId: first });
      expect(claimed.run.checkpoint).toEqual({ checkpoint_id: first });
      expect(words(claimed.history)).toEqual(["1", '"re 1"']);
      await end(claimed, completed("re 3"));
      expect(words((await thread()).messages)).toEqual(["1", '"re 1"', "3", '"re 3"']);
      const [head] = await history();
      expect(head).toMatchObject({ parent_checkpoint: { checkpoint_id: first } });
      // What was left is still there.
      expect(words((await state(second)).messages)).toEqual(["1", '"re 1"', "2", '"re 2"']);
      // The next one goes on from the fork, and an ended run has its own messages once.
      const next = await runs.claimed({ threadId, input: "4" });
      expect(words(next.history)).toEqual(["1", '"re 1"', "3", '"re 3"']);
      const { messages } = await runs.context.readRun(tenant(), first);
      expect(words(messages)).toEqual(["1", '"re 1"']);
    });

    it("from the beginning has no history", async () => {
      const first = await say("1");
      const claimed = await runs.claimed({ threadId, input: "2", checkpointId: BEGINNING });
      expect(claimed.history).toEqual([]);
      await end(claimed, completed("re 2"));
      expect(words((await thread()).messages)).toEqual(["2", '"re 2"']);
      expect(words((await state(first)).messages)).toEqual(["1", '"re 1"']);
    });

    it("can be made twice of one checkpoint, each apart from the other", async () => {
      const first = await say("1");
      await say("2");
      const a = await say("a", { checkpointId: first });
      const b = await say("b", { checkpointId: first });
      expect(words((await state(a)).messages)).toEqual(["1", '"re 1"', "a", '"re a"']);
      expect(words((await state(b)).messages)).toEqual(["1", '"re 1"', "b", '"re b"']);
      expect(words((await thread()).messages)).toEqual(["1", '"re 1"', "b", '"re b"']);
    });

    it("has the values of that state", async () => {
      const first = await say("1", {}, { a: 1 });
      await say("2", {}, { b: 2 });
      await say("3", { checkpointId: first }, { c: 3 });
      expect((await thread()).values).toEqual({ a: 1, c: 3 });
    });

    it("leaves the thread where it stands when it comes to nothing", async () => {
      const first = await say("1");
      await say("2");
      const claimed = await runs.claimed({ threadId, input: "3", checkpointId: first });
      await end(claimed, { reason: "cancelled", usage });
      expect(words((await thread()).messages)).toEqual(["1", '"re 1"', "2", '"re 2"']);
      expect(await history()).toHaveLength(2);
    });

    it("is refused where the thread has no such checkpoint, and takes no turn", async () => {
      await expect(runs.admit({ threadId, checkpointId: uuidv7() })).rejects.toMatchObject({
        code: "not_found",
        errors: [{ pointer: "/checkpoint/checkpoint_id" }],
      });
      expect(await thread()).toMatchObject({ status: "idle" });
    });

    it("knows the state before a run", async () => {
      const first = await say("1");
      const second = await say("2");
      const before = (id: string) =>
        database().tenant(tenant(), (tx) => stateBefore(tx, threadId, id));
      expect(await before(first)).toBe(BEGINNING);
      expect(await before(second)).toBe(first);
      expect(await before(uuidv7())).toBeUndefined();
    });
  });

  describe("a change by a client", () => {
    it("merges metadata alone without a checkpoint", async () => {
      await patch({ metadata: { a: 1, b: { c: 1 } } });
      await patch({ metadata: { b: 2 } });
      expect((await thread()).metadata).toEqual({ a: 1, b: 2 });
      expect(await history()).toEqual([]);
    });

    it("adds messages and values, which the next run is given", async () => {
      await say("1");
      const changed = await patch({
        messages: [{ role: "user", content: "by the way" }],
        values: { x: 1 },
      });
      expect(words(changed.messages)).toEqual(["1", '"re 1"', "by the way"]);
      expect(changed.values).toEqual({ x: 1 });
      expect((await history())[0]).toMatchObject({ metadata: { source: "update" } });
      const next = await runs.claimed({ threadId, input: "2" });
      expect(words(next.history)).toEqual(["1", '"re 1"', "by the way"]);
    });

    it("goes on from an earlier checkpoint, or only back to it", async () => {
      const first = await say("1");
      await say("2");
      expect(words((await patch({ from: first })).messages)).toEqual(["1", '"re 1"']);
      const added = await patch({ from: BEGINNING, messages: [{ role: "user", content: "new" }] });
      expect(words(added.messages)).toEqual(["new"]);
      await expect(patch({ from: uuidv7() })).rejects.toMatchObject({ code: "not_found" });
      expect(await history()).toHaveLength(4);
    });

    it("is not lost where a run ends at the same time", async () => {
      const claimed = await runs.claimed({ threadId, input: "1" });
      await Promise.all([
        end(claimed, completed({ a: 1 })),
        patch({ messages: [{ role: "user", content: "aside" }], values: { b: 2 } }),
      ]);
      const after = await thread();
      expect(new Set(words(after.messages))).toEqual(new Set(["1", "aside", '{"a":1}']));
      expect(after.values).toEqual({ a: 1, b: 2 });
      expect(await history()).toHaveLength(2);
    });
  });

  it("a copy has messages, states, values and metadata, and goes its own way", async () => {
    const first = await say("1", {}, { n: 1 });
    await patch({ metadata: { topic: "t" } });
    const copyId = uuidv7();
    const copy = await database().tenant(tenant(), (tx) => copyThread(tx, threadId, copyId));
    const { thread_id: _one, created_at: _at, updated_at: _then, ...rest } = await thread();
    expect(copy).toMatchObject({ ...rest, thread_id: copyId, status: "idle" });
    await say("2");
    const states = await database().tenant(tenant(), (tx) =>
      listCheckpoints(tx, copyId, { limit: 9 }),
    );
    expect(states.map(({ checkpoint }) => checkpoint.checkpoint_id)).toEqual([first]);
    const forked = await runs.claimed({ threadId: copyId, input: "3" });
    expect(words(forked.history)).toEqual(["1", '{"n":1}']);
    await end(forked, completed("x"));
    expect(words((await thread()).messages)).not.toContain("3");
  });
});
