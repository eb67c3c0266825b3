import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./cli-error.ts";
import { createProgram } from "./program.ts";
import { runMain } from "./run-main.ts";

await runMain(process.env, async (context) => {
  let exitCode: ExitCode = EXIT.done;
  try {
    await createProgram(context, (code) => (exitCode = code)).parseAsync(process.argv);
  } catch (error) {
    // commander has printed its help or the fault already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
  return exitCode;
});
