import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { spawnNode } from "./spawn-node.ts";

it("finds a line that was printed before and one that comes later", async () => {
  const child = await spawnNode([
    "-e",
    "console.log('port 1234'); setTimeout(() => console.error('later'), 50)",
  ]);
  expect((await child.waitFor(/port (\d+)/))[1]).toBe("1234");
  await child.waitFor(/later/);
  expect((await child.waitFor(/port (\d+)/))[1]).toBe("1234");
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(child.lines).toEqual(["port 1234", "later"]);
});

it("rejects with the output when the process ends without the line", async () => {
  const child = await spawnNode(["-e", "console.log('broken'); process.exit(3)"]);
  await expect(child.waitFor(/ready/)).rejects.toThrow(/ended \(3\) before \/ready\/\nbroken/);
});

it("passes the environment and kills with the signal", async () => {
  const child = await spawnNode(
    ["-e", "console.log(process.env.GREETING); setInterval(() => {}, 1000)"],
    { env: { GREETING: "hello" } },
  );
  await child.waitFor(/hello/);
  await child.kill("SIGTERM");
  expect(await child.exited).toEqual({ code: null, signal: "SIGTERM" });
});

it("lets no child and no folder outlive a parent that was killed hard", async () => {
  const parent = await spawnNode([
    "--input-type=module",
    "-e",
    `import { spawnNode } from ${JSON.stringify(join(import.meta.dirname, "spawn-node.ts"))};
     import { temporaryFolder } from ${JSON.stringify(join(import.meta.dirname, "temporary-folder.ts"))};
     const { path } = await temporaryFolder("orphan");
     const child = await spawnNode(["-e", "setInterval(() => {}, 1000)"]);
     console.log("child", child.pid, path);`,
  ]);
  const [, pid, folder] = await parent.waitFor(/child (\d+) (.+)/);
  expect(await lives(Number(pid))).toBe(true);
  expect(existsSync(String(folder))).toBe(true);
  await parent.kill("SIGKILL");
  await expect.poll(() => lives(Number(pid)), { timeout: 5000 }).toBe(false);
  await expect.poll(() => existsSync(String(folder)), { timeout: 5000 }).toBe(false);
});

/** A killed orphan may stay a zombie (`Z`) for a while where process 1 does not reap at once. */
async function lives(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) Z /.test(status);
}
