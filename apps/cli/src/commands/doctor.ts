import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import { examine } from "../doctor/examine.ts";
import { printExamination } from "../doctor/print-examination.ts";

/** Prints what was found; fails where a check failed or a promise is not kept. */
export async function doctorCommand(
  { env, terminal }: CliContext,
  options: { json?: boolean },
): Promise<ExitCode> {
  const found = await examine(env);
  if (options.json) terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  else printExamination(found, terminal);
  const isBroken =
    found.checks.some(({ status }) => status === "fail") ||
    found.promises?.some(({ verdict }) => verdict === "not_kept");
  return isBroken ? EXIT.failed : EXIT.done;
}
