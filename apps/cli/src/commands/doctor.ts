import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import { examine } from "../doctor/examine.ts";

const MARKS = { ok: "✓", warn: "!", fail: "✗" } as const;
const STYLES = { ok: "green", warn: "yellow", fail: "red" } as const;

/** Prints what was found; fails where a check failed. */
export async function doctorCommand(
  { env, terminal }: CliContext,
  options: { json?: boolean },
): Promise<ExitCode> {
  const results = await examine(env);
  if (options.json) terminal.out(`${JSON.stringify(results, null, 2)}\n`);
  else
    for (const { status, check, detail, advice } of results) {
      terminal.out(`${MARKS[status]} ${status.padEnd(4)}`, STYLES[status]);
      terminal.out(` ${check}: ${detail}\n`);
      if (advice !== undefined) terminal.out(`       → ${advice}\n`);
    }
  return results.some(({ status }) => status === "fail") ? EXIT.failed : EXIT.done;
}
