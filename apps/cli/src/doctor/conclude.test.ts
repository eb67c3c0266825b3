import { describe, expect, it } from "vitest";
import { type CheckResult, fail, ok, warn } from "./check.ts";
import { conclude } from "./conclude.ts";
import { judgePromises } from "./promises/judge-promises.ts";

const sound = {
  topology: "scaled",
  liveWorkers: 2,
  completeWorkers: 2,
  waitingRuns: 0,
  fsync: true,
  fullPageWrites: true,
  synchronousCommit: "on",
  synchronousStandbyNames: "",
  standbys: 0,
} as const;
const of = (checks: CheckResult[], changed: { liveWorkers?: number } = {}) =>
  conclude({ checks, promises: judgePromises({ ...sound, ...changed }) });

describe("what doctor says at its end, and its exit code", () => {
  it("is well with warnings, and where something is slower for a while", () => {
    expect(of([ok("node", "24"), warn("model", "offline", "set a key")])).toEqual({
      isSound: true,
      text: "All promises are kept.",
    });
    const away = { ...warn("redis", "away", "bring it back"), meanwhile: "runs begin later" };
    expect(of([away], { liveWorkers: 1 })).toEqual({
      isSound: true,
      text: "All promises are kept. On a condition: 1, 3. Until redis is back, runs begin later.",
    });
  });

  it("is not well where a promise is not kept, a check failed, or nothing could be judged", () => {
    expect(of([fail("workers", "none", "start one")], { liveWorkers: 0 })).toEqual({
      isSound: false,
      text: "Failed: workers. Not kept: 3. On a condition: 1.",
    });
    expect(of([fail("model", "refuses the key", "check it")])).toEqual({
      isSound: false,
      text: "Failed: model. All promises are kept.",
    });
    expect(conclude({ checks: [fail("database", "away", "check it")] })).toEqual({
      isSound: false,
      text: "Failed: database. No promise can be judged before that is mended.",
    });
  });
});
