import { afterEach, describe, expect, it, vi } from "vitest";
import { batchedCall, GATHER_BELOW, GATHER_MS } from "./batched-call.ts";
import { AppError } from "./errors.ts";

/** Answers `<input>!`, once it is let go. */
function recorded(itemsMax = 10) {
  const batches: string[][] = [];
  const open: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const call = batchedCall({
    itemsMax,
    async call(inputs: string[]) {
      batches.push(inputs);
      const gate = Promise.withResolvers<void>();
      open.push(gate);
      await gate.promise;
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return inputs.map((input) => (input === "bad" ? new AppError("not_found") : `${input}!`));
    },
  });
  return { call, batches, open, failures };
}
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe("batchedCall", () => {
  afterEach(() => void vi.useRealTimers());

  it("makes the calls of one turn together and answers each with its own", async () => {
    const { call, batches, open } = recorded();
    const answers = Promise.all([call("a"), call("b"), call("c")]);
    await turn();
    open[0]?.resolve();
    expect(await answers).toEqual(["a!", "b!", "c!"]);
    expect(batches).toEqual([["a", "b", "c"]]);
  });

  it("gathers what comes while a batch is under way", async () => {
    const { call, batches, open } = recorded();
    const answers = [];
    for (const input of ["a", "b", "c"]) {
      answers.push(call(input));
      await turn();
    }
    expect(batches).toEqual([["a"]]);
    open[0]?.resolve();
    await turn();
    expect(batches).toEqual([["a"], ["b", "c"]]);
    open[1]?.resolve();
    expect(await Promise.all(answers)).toEqual(["a!", "b!", "c!"]);
  });

  it("makes no batch larger than allowed, and leaves nobody waiting", async () => {
    const { call, batches, open } = recorded(2);
    const answers = Promise.all(["a", "b", "c"].map(call));
    await turn();
    open[0]?.resolve();
    await vi.waitFor(() => expect(batches).toEqual([["a", "b"], ["c"]]));
    open[1]?.resolve();
    expect(await answers).toEqual(["a!", "b!", "c!"]);
  });

  it("gathers for a while behind a batch of several, and not behind a lone call", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const { call, batches, open } = recorded();
    const first = [call("a"), call("b")];
    await turn();
    open[0]?.resolve();
    await Promise.all(first);
    const next = [call("c")];
    await turn();
    next.push(call("d"));
    expect(batches).toEqual([["a", "b"]]);
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    expect(batches).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  it.each([
    { calls: GATHER_BELOW - 1, gathers: true },
    { calls: GATHER_BELOW, gathers: false },
  ])("behind a batch of $calls gathers: $gathers", async ({ calls, gathers }) => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const { call, batches, open } = recorded(GATHER_BELOW);
    const first = Array.from({ length: calls }, (_, index) => call(`${index}`));
    await turn();
    open[0]?.resolve();
    await Promise.all(first);
    void call("next");
    await turn();
    expect(batches.length).toBe(gathers ? 1 : 2);
  });

  it("rejects one call alone where the answer is its error", async () => {
    const { call, open } = recorded();
    const answers = Promise.allSettled([call("a"), call("bad")]);
    await turn();
    open[0]?.resolve();
    expect(await answers).toMatchObject([
      { status: "fulfilled", value: "a!" },
      { status: "rejected", reason: { code: "not_found" } },
    ]);
  });

  it("makes a batch that failed again, call by call", async () => {
    const { call, batches, open, failures } = recorded();
    failures.push(new Error("whole"), undefined, new Error("b alone"));
    const answers = Promise.allSettled([call("a"), call("b")]);
    for (let n = 0; n < 3; n += 1) {
      await turn();
      open[n]?.resolve();
    }
    expect(await answers).toMatchObject([
      { status: "fulfilled", value: "a!" },
      { status: "rejected", reason: { message: "b alone" } },
    ]);
    expect(batches).toEqual([["a", "b"], ["a"], ["b"]]);
  });

  it("does not try again while what it calls is away", async () => {
    const { call, batches, open, failures } = recorded();
    failures.push(new AppError("service_unavailable"));
    const answers = Promise.allSettled([call("a"), call("b")]);
    await turn();
    open[0]?.resolve();
    expect((await answers).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(batches).toHaveLength(1);
  });

  it("lets nobody wait for another try while what it calls is away", async () => {
    const { call, batches, open, failures } = recorded();
    failures.push(new AppError("service_unavailable"));
    const first = call("a");
    await turn();
    const answers = Promise.allSettled([first, call("b"), call("c")]);
    open[0]?.resolve();
    expect((await answers).every(({ status }) => status === "rejected")).toBe(true);
    expect(batches).toEqual([["a"]]);
  });
});
