import { spawn } from "node:child_process";
import { once } from "node:events";
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

/** The exit code of a command that prints ten lines to a reader of one, and how many it came to. */
async function unread(begin: string): Promise<{ code: number; lines: number }> {
  const script = `
    import { setTimeout as sleep } from "node:timers/promises";
    import { runMain } from ${JSON.stringify(join(import.meta.dirname, "run-main.ts"))};
    await runMain({}, async ({ terminal }) => {
      ${begin}
      for (let line = 1; line <= 10; line++) {
        terminal.out("line\\n");
        terminal.note("note\\n");
        process.send(line);
        await sleep(50);
      }
      return 1;
    });`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let lines = 0;
  child.on("message", (line) => (lines = Number(line)));
  for (const stream of [child.stdout, child.stderr]) stream?.once("data", () => stream.destroy());
  const [code] = (await once(child, "close")) as [number];
  return { code, lines };
}

describe.skipIf(process.platform === "win32")("a command whose reader goes away", () => {
  it("ends with 0", async () => {
    const { code, lines } = await unread("");
    expect(code).toBe(0);
    expect(lines).toBeLessThan(10);
  });

  it("goes on to its end where it changes things, with the exit code of the work", async () => {
    expect(await unread("terminal.finishUnread();")).toEqual({ code: 1, lines: 10 });
  });
});

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
