import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { cpuMicroseconds } from "./cpu-time.ts";

const BUSY =
  "const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);";

it("counts a process, its child that has ended, and nobody else", async () => {
  const script = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(BUSY)}]);
    console.log("done"); setTimeout(() => {}, 60_000);`;
  const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = parent.pid ?? 0;
  try {
    await once(parent.stdout, "data");
    // The child used 0.3 s; the two start-ups of Node are on top, once the hundredths are there.
    expect(cpuMicroseconds([pid])).toBeGreaterThanOrEqual(300_000);
    expect(cpuMicroseconds([pid])).toBeLessThan(3_000_000);
    expect(cpuMicroseconds([])).toBe(0);
    expect(cpuMicroseconds([process.pid])).toBeGreaterThanOrEqual(cpuMicroseconds([pid]));
  } finally {
    parent.kill("SIGKILL");
  }
});
