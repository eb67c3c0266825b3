import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import { examine } from "../doctor/examine.ts";
import { conclude } from "../doctor/conclude.ts";
import { printExamination } from "../doctor/print-examination.ts";

/** Prints what was found; the exit code is what the last line says. */
export async function doctorCommand(
  { env, terminal }: CliContext,
  options: { json?: boolean },
): Promise<ExitCode> {
  const found = await examine(env);
  if (options.json) terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  else printExamination(found, terminal);
  return conclude(found).isSound ? EXIT.done : EXIT.failed;
}
