import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { repositoryRoot } from "../server/running-server.ts";

const execute = promisify(execFile);

/** curl takes a refusal for an answer; here it says it, also from inside a pipe, whose exit code is its last command's. */
const STRICT_CURL = 'curl() { command curl --fail-with-body --show-error "$@"; }';

/** What a page's shell blocks print, typed one after the other; throws where a command fails, or a request is refused. */
export async function runShellSnippet(
  script: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout, stderr } = await execute("sh", ["-eu", "-c", `${STRICT_CURL}\n${script}`], {
    cwd: repositoryRoot,
    env: { ...process.env, ...env },
  });
  if (/^curl: \(/m.test(stderr)) throw new Error(`${script}\n${stdout}\n${stderr}`);
  return stdout;
}

/** The arguments of Node for a page's TypeScript block. */
export const typeScriptArguments = (text: string): string[] => [
  "--input-type=module-typescript",
  "--eval",
  text,
];

/** What a page's TypeScript block prints. */
export async function runTypeScriptSnippet(text: string): Promise<string> {
  const { stdout } = await execute(process.execPath, typeScriptArguments(text), {
    cwd: repositoryRoot,
  });
  return stdout;
}
