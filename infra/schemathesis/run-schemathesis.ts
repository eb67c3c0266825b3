import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { whenWeDie } from "@llamaagent/testing/services/watchdog";
import { WalkReport } from "./walk-report.ts";

/** One process of it, and so one core; what it reports, with its exit code. */
export async function runSchemathesis(options: {
  packages: string;
  url: string;
  seconds: number;
  seed: number;
  phases: readonly string[];
  /** Its own, made here: it writes what it learnt from earlier failures into the folder that it is started in. */
  folder: string;
  /** Shown while it works; otherwise once it has ended. */
  isShown: boolean;
  /** Ends it. */
  signal: AbortSignal;
}): Promise<WalkReport & { code: number }> {
  const { packages, url, seconds, seed, phases, folder, isShown, signal } = options;
  await mkdir(folder);
  const here = import.meta.dirname;
  const report = join(folder, "report.json");
  const child = spawn(
    "python3",
    [
      "-m",
      "schemathesis.cli",
      `--config-file=${join(here, "schemathesis.toml")}`,
      "run",
      `${url}/openapi.json`,
      `--seed=${seed}`,
      `--max-time=${seconds}`,
      `--phases=${phases.join(",")}`,
      "--no-color",
      "--report=json",
      `--report-json-path=${report}`,
    ],
    {
      cwd: folder,
      signal,
      env: {
        ...process.env,
        PYTHONPATH: `${packages}:${here}`,
        SCHEMATHESIS_HOOKS: "hooks",
        // Beside hooks.py, in the repository.
        PYTHONDONTWRITEBYTECODE: "1",
      },
      stdio: ["ignore", isShown ? "inherit" : "pipe", "inherit"],
    },
  );
  const callOff = whenWeDie('kill "$1"', [String(child.pid)]);
  const [[code], said] = await Promise.all([
    once(child, "exit") as Promise<[number | null]>,
    child.stdout ? text(child.stdout) : "",
  ]);
  callOff();
  process.stdout.write(said);
  if (!existsSync(report)) throw new Error(`schemathesis ended with ${code} before it had walked`);
  return { ...WalkReport.parse(JSON.parse(readFileSync(report, "utf8"))), code: code ?? 1 };
}
