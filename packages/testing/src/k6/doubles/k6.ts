/** A double of the module `k6`: what the scripts use of it. */
import { vuLink } from "../vu/vu-link.ts";

type Checks<T> = Record<string, (value: T) => unknown>;

export function check<T>(value: T, checks: Checks<T>, tags: Record<string, string> = {}): boolean {
  const outcomes = Object.entries(checks).map(([name, test]) => {
    const passed = Boolean(test(value));
    const sample = { metric: "checks", value: passed ? 1 : 0, tags: { ...tags, check: name } };
    vuLink().add(sample);
    return passed;
  });
  return !outcomes.includes(false);
}

export function sleep(seconds: number): void {
  vuLink().sleep(seconds * 1000);
}

export function fail(reason = ""): never {
  throw new Error(reason);
}
