import { createPostgres } from "@llamaagent/db";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { startRedis } from "@llamaagent/testing/services/redis";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { createTestDatabase } from "@llamaagent/testing/services/test-database";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { describe, expect, inject, it } from "vitest";
import { checkRedis } from "./check-redis.ts";
import type { Examination } from "./examine.ts";

async function doctor(env: NodeJS.ProcessEnv) {
  const { code, stdout } = await runLlamaAgent(["doctor", "--json"], env);
  const { checks }: Examination = JSON.parse(stdout);
  const [failed] = checks.filter(({ status }) => status === "fail");
  return { code, failed, states: checks.map(({ check, status }) => `${check}: ${status}`) };
}

describe("llamaagent doctor", () => {
  it("finds a half of the scaled topology, and faults of the environment", async () => {
    const half = await doctor({ REDIS_URL: "redis://127.0.0.1:1" });
    expect(half.failed).toMatchObject({
      check: "topology",
      detail: "REDIS_URL is set, DATABASE_URL is not",
    });
    expect(half.code).toBe(1);
    const faults = await doctor({ PORT: "x", WORKER_SLOTS: "0", LLAMAAGENT_DATA_DIR: "/nowhere" });
    expect(faults.states).toContain("environment: fail");
    expect(faults.failed?.detail).toBe("PORT: must be a whole number from 0 to 65535");
    expect(faults.code).toBe(1);
  });

  it("finds stores that are away", async () => {
    const { failed, states, code } = await doctor({
      DATABASE_URL: "postgres://127.0.0.1:1/x",
      REDIS_URL: "redis://127.0.0.1:1",
    });
    expect(states).toContain("database: fail");
    expect(states).toContain("redis: warn");
    expect(failed?.advice).toContain("check DATABASE_URL");
    expect(code).toBe(1);
  });

  it("finds master keys that cannot be had, and says nothing of them", async () => {
    const base64 = Buffer.alloc(32, 0xab).toString("base64");
    const { failed } = await doctor({
      LLAMAAGENT_MASTER_KEYS: `1:${base64},2:file:/nowhere/key,3:${base64}`,
    });
    expect(failed).toMatchObject({
      check: "master keys",
      detail: expect.stringContaining("key 2: /nowhere/key cannot be read"),
    });
    expect(JSON.stringify(failed)).not.toContain("q6ur");
  });

  it("finds a model's server that is away", async () => {
    const { failed } = await doctor({ OPENAI_BASE_URL: "http://127.0.0.1:1/v1" });
    expect(failed).toMatchObject({ check: "model", advice: "check OPENAI_BASE_URL" });
  });
});

it.skipIf(inject("redisUrl") === undefined)("fails where Redis lets nobody in", async () => {
  const url = new URL(await testRedisUrl());
  [url.username, url.password] = ["nobody", "wrong"];
  const [refused] = await checkRedis(url.href);
  expect(refused).toMatchObject({ status: "fail", detail: expect.stringContaining("WRONGPASS") });
});

const hasServices = inject("databaseUrl") !== undefined && inject("redisUrl") !== undefined;
describe.runIf(hasServices)("on Postgres and Redis", () => {
  it("doctor names migrate, migrate mends the schema and rows without a month", async () => {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, REDIS_URL: await testRedisUrl() };
    const fresh = await doctor(env);
    expect(fresh.failed).toMatchObject({
      check: "schema",
      advice: "run: npx llamaagent migrate",
    });

    expect((await runLlamaAgent(["migrate"], env)).stdout).toMatch(
      /^applied 0001_initial\n(applied .*\n)*made 9 partitions, (\d{4}-\d\d) to (?!\2)\d{4}-\d\d\n$/,
    );
    const migrated = await doctor(env);
    expect(migrated.states).toEqual([
      "node: ok",
      "topology: ok",
      "environment: ok",
      "plug-ins: ok",
      "model: warn",
      "master keys: warn",
      "certificate: ok",
      "transport: ok",
      "database: ok",
      "schema: ok",
      "partitions: ok",
      expect.stringMatching(/^commits: (ok|warn)$/),
      "replication: ok",
      "clock: ok",
      "keys: ok",
      "workers: fail",
      "redis: ok",
      "redis memory: ok",
      "redis persistence: ok",
      "redis round trip: ok",
    ]);
    expect(migrated.failed?.detail).toBe("no worker is alive");
    expect(migrated.failed?.advice).toContain("npx llamaagent worker");
    expect(migrated.code).toBe(1);

    const guarded = { ...env, LLAMAAGENT_AUTH: "required" };
    expect((await doctor(guarded)).states).toContain("keys: warn");
    const first = await runLlamaAgent(["keys", "bootstrap", "--json"], guarded);
    expect(JSON.parse(first.stdout)).toMatchObject({
      name: "bootstrap",
      roles: ["admin", "platform_admin"],
    });
    expect((await doctor(guarded)).states).toContain("keys: ok");

    const owner = createPostgres({ url: database.url, poolSize: 1 });
    await owner.owner((tx) =>
      tx.query(`INSERT INTO run_events_default (tenant_id, run_id, epoch, seq, type, data)
        VALUES (gen_random_uuid(), '01800000-0000-7000-8000-000000000000', 0, 1, 'run.queued', '{}')`),
    );
    await owner.close();
    const lost = await doctor(env);
    expect(lost.failed?.detail).toBe("rows in run_events_default: a month had no partition");
    expect((await runLlamaAgent(["migrate"], env)).stdout).toBe("made 1 partition, 2022-04\n");
    expect((await doctor(env)).failed?.check).toBe("workers");

    const shrinking = createPostgres({ url: database.url, poolSize: 1 });
    await shrinking.owner((tx) =>
      tx.query(`DO $$ BEGIN EXECUTE 'DROP TABLE ' ||
        to_char(now() AT TIME ZONE 'utc' + interval '1 month', '"runs"_YYYY_MM'); END $$`),
    );
    await shrinking.close();
    expect((await doctor(env)).states).toContain("partitions: warn");
    await database.drop();
  });

  it("doctor warns of a Redis that may drop hints", async () => {
    const database = await createTestDatabase();
    const redis = await startRedis();
    const { Redis } = await import("ioredis");
    const client = new Redis(redis.url);
    await client.config("SET", "maxmemory-policy", "allkeys-lru");
    client.disconnect();
    const { states } = await doctor({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    expect(states).toContain("redis memory: warn");
    await redis.close();
    await database.drop();
  });

  it("api and worker run what the run command asks for, and stop with 0", async () => {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, REDIS_URL: await testRedisUrl(), PORT: "0" };
    const options = { cwd: repositoryRoot, env };
    await runLlamaAgent(["migrate"], env);
    const api = await spawnNode(["apps/cli/src/main.ts", "api"], options);
    const worker = await spawnNode(["apps/cli/src/main.ts", "worker"], options);
    const [, url = ""] = await api.waitFor(/(http:\/\/127\.0\.0\.1:\d+)/);
    await worker.waitFor(/worker \S+ ready/);
    const run = await runLlamaAgent(["run", "What is 6 * 7?"], { LLAMAAGENT_URL: url });
    expect(run).toMatchObject({ code: 0, stdout: "6 * 7 = 42\n" });
    expect((await doctor(env)).states).toContain("workers: ok");
    await Promise.all([api.kill("SIGTERM"), worker.kill("SIGTERM")]);
    expect(await api.exited).toEqual({ code: 0, signal: null });
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    await database.drop();
  });
});
