import { basename } from "node:path";
import { HELP, k6Arguments, type K6Arguments } from "./k6-arguments.ts";
import { runScript } from "./run-script.ts";
import { type ExitCode, ScriptRefused } from "./script-result.ts";
import { startTarget } from "./start-target.ts";
import { summaryText } from "./summary/summary-text.ts";

const asked = k6Arguments(process.argv.slice(2), process.env);
if (typeof asked === "string") {
  process.stderr.write(`${asked}\n`);
  process.exitCode = 2;
} else if (asked.help) process.stdout.write(HELP);
else process.exitCode = await runAll(asked);

/** Each script after the other. The exit code is that of the first that failed. */
async function runAll({ scripts, seconds, env, url }: K6Arguments): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const target = url === undefined ? await startTarget(stack) : { LLAMAAGENT_URL: url };
  const exitCodes: ExitCode[] = [];
  for (const script of scripts) {
    const name = basename(script.pathname);
    process.stdout.write(`\n== ${name}, ${seconds} s, by LlamaAgent's runner for k6 scripts\n\n`);
    const code = await runOne(script, { seconds, env: { ...env, ...target } });
    process.stdout.write(`\n  ${name}: ${code === 0 ? "passed" : `FAILED (exit code ${code})`}\n`);
    exitCodes.push(code);
  }
  const failed = exitCodes.filter((code) => code !== 0);
  process.stdout.write(`\n${exitCodes.length - failed.length} passed, ${failed.length} failed\n`);
  return failed[0] ?? 0;
}

async function runOne(
  script: URL,
  options: { seconds: number; env: Record<string, string> },
): Promise<ExitCode> {
  try {
    const result = await runScript({ script, ...options });
    process.stdout.write(`${summaryText(result)}\n`);
    return result.exitCode;
  } catch (error) {
    if (!(error instanceof ScriptRefused)) throw error;
    process.stdout.write(`  ${error.message}\n`);
    return error.exitCode;
  }
}
