import { execFile } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "./server/running-server.ts";

export interface CommandOutcome {
  code: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

/** `llamaagent ARGS` as a process of its own, to its end. */
export function runLlamaAgent(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CommandOutcome> {
  return runScript("apps/cli/src/main.ts", args, env);
}

/** A script of the repository, to its end; `env` is added to the environment of the tests. */
export function runScript(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CommandOutcome> {
  const options = { cwd: repositoryRoot, env: { ...process.env, ...env }, timeout: 50_000 };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(repositoryRoot, script), ...args],
      options,
      (error, stdout, stderr) =>
        resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
}
