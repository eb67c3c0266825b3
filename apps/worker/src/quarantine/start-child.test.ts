import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { startChild } from "./start-child.ts";

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
