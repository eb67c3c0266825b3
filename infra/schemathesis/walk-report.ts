import { z } from "zod";

/** Of what schemathesis writes with `--report json`, what is read here. */
export const WalkReport = z.object({
  operations: z.object({ selected: z.number(), tested: z.number() }),
  test_cases: z.object({ generated: z.number(), unique_failures: z.number() }),
  errors: z.array(z.unknown()),
});
export type WalkReport = z.infer<typeof WalkReport>;

/** One line for people, and one `N passed, N failed`: operations, and different faults that were found. */
export function closingLines(
  { operations, test_cases: cases, errors }: WalkReport,
  { code, faults, seed }: { code: number; faults: readonly string[]; seed: number },
): { lines: string[]; failed: number } {
  const untested = operations.selected - operations.tested;
  const found = cases.unique_failures + errors.length + untested + (faults.length > 0 ? 1 : 0);
  // Whatever else it ended with an error for.
  const failed = code === 0 ? found : Math.max(found, 1);
  return {
    failed,
    lines: [
      `${cases.generated} requests to ${operations.tested} operations, --seed ${seed}`,
      `${operations.tested} passed, ${failed} failed`,
    ],
  };
}
