import type { isTerminalEvent } from "@llamaagent/client";
import { EXIT, type ExitCode } from "./cli-error.ts";

/** What a command that followed a run to its end exits with. */
export function runExitCode(end: Parameters<typeof isTerminalEvent>[0]): ExitCode {
  return end.type === "run.completed" && end.data.status === "success" ? EXIT.done : EXIT.failed;
}
