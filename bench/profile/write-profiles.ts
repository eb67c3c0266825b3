import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchArguments } from "../bench-arguments.ts";
import { RESULTS_FOLDER } from "../report/results-folder.ts";
import { DEFAULT_SLOTS } from "../server/default-slots.ts";
import { keepBusy } from "../server/keep-busy.ts";
import { type MeasuredServer, startServer } from "../server/start-server.ts";
import { CpuProfile, hotFunctions, stackTree } from "./cpu-profile.ts";
import { flameGraph } from "./flame-graph.ts";

/** The load of `throughput_cpu`, under Node's own profiler: where the CPU of api and worker goes. */
export async function writeProfiles({ seconds }: BenchArguments): Promise<void> {
  const folder = join(RESULTS_FOLDER, "profile");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const server = await startServer({
    workers: 1,
    model: "bench/0",
    nodeArguments: ["--cpu-prof", `--cpu-prof-dir=${folder}`],
  });
  const pids = { api: server.api.pid, worker: server.workers[0]?.pid };
  const window = await loadAndClose(server, seconds);

  for (const [name, pid] of Object.entries(pids)) {
    const file = (await readdir(folder)).find((file) => file.split(".").includes(String(pid)));
    if (file === undefined) throw new Error(`the profile of the ${name} was not written`);
    const profile = CpuProfile.parse(JSON.parse(await readFile(join(folder, file), "utf8")));
    const target = join(folder, `${name}.svg`);
    await writeFile(target, flameGraph(stackTree(profile, window), `${name} under load`));
    process.stdout.write(`${target} (and ${file} for Chrome's developer tools)\n`);
    for (const line of hotFunctions(profile, window)) process.stdout.write(`  ${line}\n`);
  }
}

/** Between when and when the load was on. The profiles are written at the end of the processes. */
async function loadAndClose(
  server: MeasuredServer,
  seconds: number,
): Promise<{ from: number; to: number }> {
  try {
    await keepBusy(server, { seconds: 1, slots: DEFAULT_SLOTS });
    const from = nowMicroseconds();
    const { runsPerSecond } = await keepBusy(server, { seconds, slots: DEFAULT_SLOTS });
    process.stderr.write(`${Math.round(runsPerSecond)} runs/s under the profiler\n`);
    return { from, to: nowMicroseconds() };
  } finally {
    await server.close();
  }
}

/** The clock that V8 stamps its samples with. */
function nowMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
