import { z } from "zod";

/** Of what schemathesis writes with `--report json`, what is read here. */
export const WalkReport = z.object({
  operations: z.object({ selected: z.number(), tested: z.number() }),
  test_cases: z.object({ generated: z.number(), unique_failures: z.number() }),
  errors: z.array(z.unknown()),
});
export type WalkReport = z.infer<typeof WalkReport>;

/** Half of what two slow cores do: with fewer something held the walkers up, and they have seen too little. */
const REQUESTS_A_SECOND_MIN = 50;

/**
 * One line for people, and one `N passed, N failed`: operations that every walker asked, and faults that
 * were found; one that several found counts for each. Too few requests are a fault too.
 */
export function closingLines(
  walked: readonly (WalkReport & { code: number })[],
  { faults, seed, seconds }: { faults: readonly string[]; seed: number; seconds: number },
): { lines: string[]; failed: number } {
  const failures = walked.map(({ operations, test_cases: cases, errors, code }) => {
    const found = cases.unique_failures + errors.length + operations.selected - operations.tested;
    // Whatever else it ended with an error for.
    return code === 0 ? found : Math.max(found, 1);
  });
  const requests = sum(walked.map(({ test_cases: cases }) => cases.generated));
  const isTooFew = requests < seconds * REQUESTS_A_SECOND_MIN;
  const failed = sum(failures) + (faults.length > 0 ? 1 : 0) + (isTooFew ? 1 : 0);
  const tested = Math.min(...walked.map(({ operations }) => operations.tested));
  return {
    failed,
    lines: [
      `${requests} requests to ${tested} operations, --seed ${seed}`,
      ...(isTooFew
        ? [
            `too few: at least ${REQUESTS_A_SECOND_MIN} a second, so ${seconds * REQUESTS_A_SECOND_MIN}`,
          ]
        : []),
      `${tested} passed, ${failed} failed`,
    ],
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
