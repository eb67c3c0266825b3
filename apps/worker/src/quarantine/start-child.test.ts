import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { expect, it } from "vitest";
import { startChild } from "./start-child.ts";

it("takes nothing but its own messages for the end of the work", async () => {
  const folder = await temporaryFolder("child");
  const script = join(folder.path, "child.cjs");
  await writeFile(
    script,
    `for (const message of ["ready", null, 1, { kind: "other" }, { kind: process.argv[2] }]) process.send(message);
     process.disconnect();`,
  );
  const start = (last: string) =>
    startChild({ script, args: [last], env: {}, directory: folder.path });
  const unsettled = start("ready");
  expect(await unsettled.ready).toBe(true);
  expect(await unsettled.ended).toEqual({ settled: false, how: "exit code 0" });
  const settled = start("settled");
  expect(await settled.ended).toEqual({ settled: true, how: "exit code 0" });
  expect(await settled.ready).toBe(false);
  await folder.remove();
});

it.each([
  // Linux takes 128 KiB a variable: fork throws.
  { why: "E2BIG", env: { LONG: "x".repeat(200_000) }, directory: tmpdir() },
  // It emits this one.
  { why: "ENOENT", env: {}, directory: "/nowhere" },
])("says why a process could not be started: $why", async ({ why, env, directory }) => {
  const child = startChild({ script: "none.ts", args: [], env, directory });
  expect(child.pid).toBeUndefined();
  expect(await child.ready).toBe(false);
  expect(await child.ended).toEqual({ settled: false, how: expect.stringContaining(why) });
  child.send({ kind: "drain" });
  child.kill();
});
