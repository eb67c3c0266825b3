import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { whenWeDie } from "@llamaagent/testing/services/watchdog";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { installSchemathesis } from "./install-schemathesis.ts";
import { startServer } from "./start-server.ts";
import { HELP, walkArguments, type WalkArguments } from "./walk-arguments.ts";
import { closingLines, WalkReport } from "./walk-report.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function walk({ seconds, seed, url }: WalkArguments): Promise<number> {
  const packages = await installSchemathesis(process.env, say);
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder("schemathesis");
  stack.defer(() => folder.remove());
  const server = url === undefined ? await startServer(stack) : { url, faults: async () => [] };
  say(`schemathesis: ${seconds} s against ${server.url}, --seed ${seed}`);

  const report = join(folder.path, "report.json");
  const here = import.meta.dirname;
  const options = ["--config-file", join(here, "schemathesis.toml")];
  const command = ["run", `${server.url}/openapi.json`, `--seed=${seed}`, `--max-time=${seconds}`];
  const output = ["--no-color", "--report=json", `--report-json-path=${report}`];
  const child = spawn("python3", ["-m", "schemathesis.cli", ...options, ...command, ...output], {
    // It writes what it learnt from earlier failures into the folder that it is started in.
    cwd: folder.path,
    env: {
      ...process.env,
      PYTHONPATH: `${packages}:${here}`,
      SCHEMATHESIS_HOOKS: "hooks",
      // Beside hooks.py, in the repository.
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  stack.defer(whenWeDie('kill "$1"', [String(child.pid)]));
  const [code] = (await once(child, "exit")) as [number | null];
  const faults = await server.faults();
  for (const fault of faults) say(fault);
  if (!existsSync(report)) throw new Error(`schemathesis ended with ${code} before it had walked`);
  const walked = WalkReport.parse(JSON.parse(readFileSync(report, "utf8")));
  const closing = closingLines(walked, { code: code ?? 1, faults, seed });
  for (const line of closing.lines) say(line);
  return closing.failed;
}

try {
  const asked = walkArguments(process.argv.slice(2));
  if (asked === "help") say(HELP);
  else process.exitCode = (await walk(asked)) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
