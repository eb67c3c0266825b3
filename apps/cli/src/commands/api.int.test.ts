import { setTimeout as sleep } from "node:timers/promises";
import { migrate } from "@llamaagent/db";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { type SpawnedProcess } from "@llamaagent/testing/services/spawn-process";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { createTestDatabase } from "@llamaagent/testing/services/test-database";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { afterEach, describe, expect, inject, it } from "vitest";

const started: SpawnedProcess[] = [];
const startMain = async (env: Record<string, string>): Promise<SpawnedProcess> => {
  const child = await spawnNode(["apps/cli/src/main.ts", "api"], {
    cwd: repositoryRoot,
    env: { LOG_LEVEL: "info", ...env },
  });
  started.push(child);
  return child;
};
afterEach(async () => {
  for (const child of started.splice(0)) await child.kill();
});

describe("a bad environment", () => {
  it("is told whole, at once, without a value of it, and ends with 1", async () => {
    const child = await startMain({
      DATABASE_URL: "mysql://user:hunter2@host/db",
      REDIS_URL: "",
      PORT: "eighty",
      HOST: "0.0.0.0",
      LLAMAAGENT_AUTH: "off",
      LOG_LEVEL: "loud",
    });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    const text = child.lines.join("\n");
    for (const name of ["DATABASE_URL", "REDIS_URL", "PORT", "LLAMAAGENT_AUTH", "LOG_LEVEL"])
      expect(text).toMatch(new RegExp(`^ *${name}: `, "m"));
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain("    at ");
  });
});

const hasServices = inject("databaseUrl") !== undefined && inject("redisUrl") !== undefined;

describe.runIf(hasServices)("a replica of the API", () => {
  it("refuses an older schema and says what to do", async () => {
    const database = await createTestDatabase();
    const child = await startMain({ DATABASE_URL: database.url, REDIS_URL: await testRedisUrl() });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.lines.join("\n")).toContain("run `llamaagent migrate`");
    await database.drop();
  });

  it("serves, seeds the default agent, ends its streams on SIGTERM and exits with 0", async () => {
    const database = await createTestDatabase({
      migrate: async (url) => void (await migrate({ url })),
    });
    const child = await startMain({
      DATABASE_URL: database.url,
      REDIS_URL: await testRedisUrl(),
      PORT: "0",
    });
    const [, url = ""] = await child.waitFor(/(http:\/\/127\.0\.0\.1:\d+)/);
    await expect
      .poll(async () => (await send(url, { path: "/health/ready" })).json, { timeout: 10_000 })
      .toEqual({ status: "ok", database: "up", redis: "up" });
    const run = await sendJson(url, "POST", "/runs", { input: "Hi" });
    const { run_id: id } = run.json as { run_id: string };
    expect((await send(url, { path: "/agents/default" })).status).toBe(200);

    const { body } = await fetch(`${url}/runs/${id}/stream`);
    const stream = body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await stream?.read())?.value).toMatch(/^id: 0-1\nevent: run.queued\n/);
    const waiting = send(url, { path: `/runs/${id}/wait` });
    await sleep(100);
    const stoppedAt = performance.now();
    await child.kill("SIGTERM");
    // Promised is 25 s; with nothing but streams and waits open it is done at once.
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(await stream?.read()).toEqual({ done: true, value: undefined });
    expect(await waiting).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    await database.drop();
  });
});
