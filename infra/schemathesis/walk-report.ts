import { z } from "zod";

/** Of what schemathesis writes with `--report json`, what is read here. */
export const WalkReport = z.object({
  operations: z.object({ selected: z.number(), tested: z.number() }),
  test_cases: z.object({ generated: z.number(), unique_failures: z.number() }),
  errors: z.array(z.unknown()),
});
export type WalkReport = z.infer<typeof WalkReport>;

/**
 * One line for people, and one `N passed, N failed`: operations that every walker asked, and faults that
 * were found; one that several found counts for each.
 */
export function closingLines(
  walked: readonly (WalkReport & { code: number })[],
  { faults, seed }: { faults: readonly string[]; seed: number },
): { lines: string[]; failed: number } {
  const failures = walked.map(({ operations, test_cases: cases, errors, code }) => {
    const found = cases.unique_failures + errors.length + operations.selected - operations.tested;
    // Whatever else it ended with an error for.
    return code === 0 ? found : Math.max(found, 1);
  });
  const failed = sum(failures) + (faults.length > 0 ? 1 : 0);
  const requests = sum(walked.map(({ test_cases: cases }) => cases.generated));
  const tested = Math.min(...walked.map(({ operations }) => operations.tested));
  return {
    failed,
    lines: [
      `${requests} requests to ${tested} operations, --seed ${seed}`,
      `${tested} passed, ${failed} failed`,
    ],
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
