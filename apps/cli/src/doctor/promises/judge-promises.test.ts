import { describe, expect, it } from "vitest";
import type { Facts, ScaledFacts } from "./facts.ts";
import { judgePromises } from "./judge-promises.ts";

const sound: ScaledFacts = {
  topology: "scaled",
  liveWorkers: 2,
  completeWorkers: 2,
  waitingRuns: 0,
  fsync: true,
  fullPageWrites: true,
  synchronousCommit: "on",
  synchronousStandbyNames: "",
  standbys: 0,
};

const marks = { kept: "+", kept_with_condition: "?", not_kept: "-" } as const;
/** One mark for each promise, from the first to the sixth. */
const verdicts = (facts: Facts) => judgePromises(facts).map(({ verdict }) => marks[verdict]);
const scaled = (changed: Partial<ScaledFacts>) => verdicts({ ...sound, ...changed }).join("");

describe("the promises that a configuration keeps", () => {
  it("are all six with two workers and a Postgres as it ships", () => {
    expect(scaled({})).toBe("++++++");
    expect(judgePromises(sound)[2]).toEqual({
      number: 3,
      promise: "A worker's death is noticed and its runs go on elsewhere within 15 s.",
      bound: "for 99 of 100 runs, where another worker has a free slot and Postgres is up",
      verdict: "kept",
      reasons: [],
    });
  });

  it("lose what a worker does where there is one or none", () => {
    expect(scaled({ liveWorkers: 3 })).toBe("++++++");
    expect(scaled({ liveWorkers: 1 })).toBe("?+?+++");
    expect(scaled({ liveWorkers: 0 })).toBe("?+-+++");
  });

  it("have a condition where fewer than two workers have all plug-ins", () => {
    expect(scaled({ liveWorkers: 3 })).toBe("++++++");
    expect(scaled({ liveWorkers: 3, completeWorkers: 1 })).toBe("?+?+++");
    const [first] = judgePromises({ ...sound, completeWorkers: 0 });
    expect(first?.reasons[0]?.reason).toBe(
      "of 2 live workers 0 have all that agents may use: a run whose agent needs what a worker lacks goes on only in another",
    );
  });

  it("have a condition where no slot is free for what a dying worker leaves", () => {
    expect(scaled({ waitingRuns: 4 })).toBe("++?+++");
    expect(scaled({ waitingRuns: 4, liveWorkers: 1 })).toBe("?+?+++");
  });

  it("are not kept where Postgres may lose what it acknowledged", () => {
    expect(scaled({ synchronousCommit: "off" })).toBe("--+---");
    expect(scaled({ fsync: false })).toBe("--+---");
    expect(scaled({ fullPageWrites: false })).toBe("??+???");
    expect(scaled({ synchronousCommit: "remote_write" })).toBe("++++++");
  });

  it("hold over a failover only where a commit waits for the standby", () => {
    expect(scaled({ standbys: 1 })).toBe("??+???");
    expect(scaled({ standbys: 1, synchronousStandbyNames: "*" })).toBe("++++++");
    const local = { synchronousStandbyNames: "*", synchronousCommit: "local" };
    expect(scaled({ standbys: 1, ...local })).toBe("??+???");
    expect(scaled({ standbys: 0, ...local })).toBe("++++++");
  });

  it("give every reason, and the worst verdict", () => {
    const [first] = judgePromises({ ...sound, liveWorkers: 1, fsync: false });
    expect(first?.verdict).toBe("not_kept");
    expect(first?.reasons).toEqual([
      {
        reason:
          "one worker lives: its runs go on only when it is started again, up to 15 s after that",
        advice: "start two or more, on different machines: npx llamaagent worker",
      },
      {
        reason: "fsync is off: a power cut of Postgres's machine may lose or damage everything",
        advice: "set fsync = on in Postgres, or start it without `-c fsync=off`",
      },
    ]);
  });

  it("have conditions in the embedded server, and no failure: that is its design", () => {
    expect(verdicts({ topology: "embedded", fsync: false }).join("")).toBe("???+??");
    expect(verdicts({ topology: "embedded", fsync: true }).join("")).toBe("?+?+++");
  });
});
