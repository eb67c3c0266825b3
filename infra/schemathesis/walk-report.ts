import { z } from "zod";

/** Of what schemathesis writes with `--report json`, what is read here. */
export const WalkReport = z.object({
  operations: z.object({ selected: z.number(), tested: z.number() }),
  test_cases: z.object({ generated: z.number(), unique_failures: z.number() }),
  errors: z.array(z.unknown()),
});
export type WalkReport = z.infer<typeof WalkReport>;

export type Walked = readonly (WalkReport & { code: number })[];

export const requestsOf = (walked: Walked): number =>
  sum(walked.map(({ test_cases: cases }) => cases.generated));

/**
 * One line for people, and one `N passed, N failed`: operations that every walker asked, and faults that
 * were found; one that several found counts for each. Fewer than `requests` are a fault too.
 */
export function closingLines(
  walked: Walked,
  { faults, seed, requests }: { faults: readonly string[]; seed: number; requests: number },
): { lines: string[]; failed: number } {
  const failures = walked.map(({ operations, test_cases: cases, errors, code }) => {
    const found = cases.unique_failures + errors.length + operations.selected - operations.tested;
    // Whatever else it ended with an error for.
    return code === 0 ? found : Math.max(found, 1);
  });
  const sent = requestsOf(walked);
  const isTooFew = sent < requests;
  const failed = sum(failures) + (faults.length > 0 ? 1 : 0) + (isTooFew ? 1 : 0);
  const tested = Math.min(...walked.map(({ operations }) => operations.tested));
  return {
    failed,
    lines: [
      `${sent} requests to ${tested} operations, --seed ${seed}`,
      ...(isTooFew ? [`too few: ${requests} were asked for`] : []),
      `${tested} passed, ${failed} failed`,
    ],
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
