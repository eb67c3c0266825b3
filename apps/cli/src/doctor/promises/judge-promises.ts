import type { Facts } from "./facts.ts";
import { limitsOfEmbedded, limitsOfScaled } from "./limits.ts";
import { PROMISES, type RunPromise } from "./promises.ts";

type Verdict = "kept" | "kept_with_condition" | "not_kept";

export interface Judgement extends RunPromise {
  verdict: Verdict;
  /** Empty where the promise is kept. */
  reasons: { reason: string; advice: string }[];
}

/** Each of the promises, in their order, under these facts. */
export function judgePromises(facts: Facts): Judgement[] {
  const limits = facts.topology === "embedded" ? limitsOfEmbedded(facts) : limitsOfScaled(facts);
  return PROMISES.map((promise) => {
    const own = limits.filter(({ limits: numbers }) => numbers.includes(promise.number));
    return {
      ...promise,
      verdict: own.some(({ verdict }) => verdict === "not_kept")
        ? "not_kept"
        : own.length > 0
          ? "kept_with_condition"
          : "kept",
      reasons: own.map(({ reason, advice }) => ({ reason, advice })),
    };
  });
}
