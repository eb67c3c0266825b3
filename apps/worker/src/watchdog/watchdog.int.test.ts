import { setTimeout as sleep } from "node:timers/promises";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { expect, it } from "vitest";

const script = new URL("../test/stalling-main.ts", import.meta.url).pathname;

it.each([
  { way: "loop", exit: { code: 70, signal: null }, at: "spin" },
  { way: "memory", exit: { code: 71, signal: null }, at: "hoard" },
  // Native code cannot be interrupted, so nobody can say where it stands.
  { way: "native", exit: { code: null, signal: "SIGKILL" }, at: undefined },
])("ends a process that answers no more and names its open steps: $way", async (expected) => {
  const child = await spawnNode([script, expected.way]);
  await child.waitFor(/ready/);
  const begunAt = performance.now();
  expect(await child.exited).toEqual(expected.exit);
  // Promised: before the lease is over.
  expect(performance.now() - begunAt).toBeLessThan(10_500);
  const line = child.lines.find((text) => text.includes("exit_code")) ?? "{}";
  expect(JSON.parse(line)).toMatchObject({
    level: "fatal",
    worker_id: "w",
    open_steps: ["run-1 model/0/tools/0 spin"],
    at:
      expected.at === undefined
        ? []
        : // Not the first, where it stands inside a call of Node's own.
          expect.arrayContaining([expect.stringContaining(`${expected.at} file:`)]),
  });
});

it("leaves a process alone that stood still as a whole", { timeout: 30_000 }, async () => {
  const child = await spawnNode([script, "idle"]);
  // Its thread has begun to listen for beats.
  await child.waitFor(/still here/);
  const before = child.lines.length;
  process.kill(child.pid, "SIGSTOP");
  await sleep(10_000);
  process.kill(child.pid, "SIGCONT");
  // To end it takes the watchdog a second.
  expect(await Promise.race([child.exited, sleep(3_000, "alive")])).toBe("alive");
  expect(child.lines.length).toBeGreaterThan(before);
  await child.kill();
});
