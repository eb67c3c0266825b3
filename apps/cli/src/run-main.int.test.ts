import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { describe, expect, it } from "vitest";

/** A server whose `stop` is the given code, with a timer that nobody clears. */
async function server(stop: string) {
  const script = `
    import { runMain } from ${JSON.stringify(join(import.meta.dirname, "run-main.ts"))};
    import { untilToldToStop } from ${JSON.stringify(join(import.meta.dirname, "commands/until-told-to-stop.ts"))};
    setInterval(() => {}, 1000);
    await runMain({}, ({ signal, terminal }) => {
      terminal.out("started\\n");
      return untilToldToStop(signal, async () => { ${stop} });
    });`;
  const child = await spawnNode(["--input-type=module-typescript", "--eval", script]);
  await child.waitFor(/started/);
  return child;
}

describe.skipIf(process.platform === "win32")("a server that is told to stop", () => {
  it("ends with 0, whatever is still open", async () => {
    const child = await server("");
    await child.kill("SIGTERM");
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  it("says why it could not, and ends with 1", async () => {
    const child = await server("throw new Error('the disk is full')");
    await child.kill("SIGTERM");
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.lines.join("\n")).toContain("the disk is full");
  });

  it("takes what comes with the first signal for the same, and ends at once at a later one", async () => {
    const child = await server('terminal.out("stopping\\n"); await new Promise(() => {});');
    // Two that differ: the system delivers both, however late the process gets to run.
    process.kill(child.pid, "SIGINT");
    process.kill(child.pid, "SIGTERM");
    await child.waitFor(/stopping/);
    await sleep(1_100);
    process.kill(child.pid, 0);
    await child.kill("SIGINT");
    expect(await child.exited).toEqual({ code: 130, signal: null });
  });
});
