import { randomUUID } from "node:crypto";
import { createPluginRegistry } from "@llamaagent/core";
import { createPostgres, migrate } from "@llamaagent/db";
import { capabilitiesOf } from "@llamaagent/runs";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import { type RunningPostgres, startPostgres } from "@llamaagent/testing/services/postgres";
import { type RunningRedis, startRedis } from "@llamaagent/testing/services/redis";
import { withClient } from "@llamaagent/testing/services/run-databases";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { builtIns } from "@llamaagent/worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Examination } from "../examine.ts";

const { postgres: hasPostgres, redisServer } = localBinaries();
const marks = { kept: "+", kept_with_condition: "?", not_kept: "-" } as const;
/** A process takes a second; Postgres reads its files again when it gets to it. */
const PATIENCE = { timeout: 15_000, interval: 100 };

// Of their own: what they change is the whole server's.
describe.runIf(hasPostgres && redisServer)("doctor on a Postgres and a Redis", () => {
  let postgres: RunningPostgres;
  let redis: RunningRedis;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres({ fsync: true }), startRedis()]);
    await migrate({ url: postgres.url });
    await workers(2);
  });
  afterAll(async () => {
    await redis?.close();
    await postgres?.close();
  });

  async function doctor(databaseUrl = postgres.url) {
    const env = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url };
    const { code, stdout } = await runLlamaAgent(["doctor", "--json"], env);
    const { checks, promises = [] }: Examination = JSON.parse(stdout);
    const check = (name: string) => checks.find((result) => result.check === name);
    return { code, check, promises, kept: promises.map((p) => marks[p.verdict]).join("") };
  }

  const sql = (...statements: string[]) =>
    withClient(postgres.url, async (client) => {
      for (const statement of statements) await client.query(statement);
    });

  async function workers(count: number, url = postgres.url): Promise<void> {
    const registry = createPluginRegistry(
      builtIns.map((plugin) => ({ source: "built-in", plugin })),
    );
    const database = createPostgres({ url, poolSize: 1 });
    await database.system(async (tx) => {
      await tx.query("DELETE FROM workers");
      for (let worker = 0; worker < count; worker += 1)
        await tx.query(
          "INSERT INTO workers (worker_id, alive_until, capabilities) VALUES ($1, now() + interval '1 hour', $2)",
          [randomUUID(), capabilitiesOf(registry)],
        );
    });
    await database.close();
  }

  it("finds every promise kept with two workers and what Postgres ships with", async () => {
    const { code, check, kept } = await doctor();
    expect(kept).toBe("++++++");
    expect(check("commits")?.detail).toBe("fsync on, synchronous_commit on, full_page_writes on");
    expect(check("replication")?.detail).toBe("no standbys");
    expect(check("clock")?.status).toBe("ok");
    expect(check("redis persistence")?.detail).toContain("appendonly no");
    expect(check("redis round trip")?.status).toBe("ok");
    expect(code).toBe(0);
  });

  it("finds conditions with one worker, and a promise broken with none", async () => {
    await workers(1);
    expect(await doctor()).toMatchObject({ kept: "?+?+++", code: 0 });
    await workers(0);
    expect(await doctor()).toMatchObject({ kept: "?+-+++", code: 1 });
    await workers(2);
  });

  it("finds promises broken where synchronous_commit or fsync is off", async () => {
    await sql("ALTER DATABASE postgres SET synchronous_commit = off");
    const lax = await doctor();
    expect(lax).toMatchObject({ kept: "--+---", code: 1 });
    expect(lax.promises[0]?.reasons[0]?.reason).toMatch(/^synchronous_commit is off/);
    await sql("ALTER DATABASE postgres RESET synchronous_commit");

    const unsafe = await startPostgres({ fsync: false });
    await migrate({ url: unsafe.url });
    await workers(2, unsafe.url);
    const found = await doctor(unsafe.url);
    await unsafe.close();
    expect(found).toMatchObject({ kept: "--+---", code: 1 });
    expect(found.promises[0]?.reasons[0]?.reason).toMatch(/^fsync is off/);
  });

  it("finds a condition where pages may be torn, or a standby lags", async () => {
    const kept = async () => (await doctor()).kept;
    const replication = async () => (await doctor()).check("replication")?.status;
    await sql("ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()");
    await expect.poll(kept, PATIENCE).toBe("??+???");
    await sql("ALTER SYSTEM RESET full_page_writes", "SELECT pg_reload_conf()");
    await expect.poll(kept, PATIENCE).toBe("++++++");

    // What makes a standby, as far as the primary knows: a connection that speaks replication.
    await withClient(`${postgres.url}?replication=true`, async () => {
      const behind = await doctor();
      expect(behind).toMatchObject({ kept: "??+???", code: 0 });
      expect(behind.check("replication")?.detail).toBe("1 standby, for which no commit waits");
      await sql("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
      await expect.poll(kept, PATIENCE).toBe("++++++");
    });
    await expect.poll(replication, PATIENCE).toBe("fail");
    await sql("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
  });

  it("judges nothing on a database that can only be read", async () => {
    await sql("ALTER DATABASE postgres SET default_transaction_read_only = on");
    const { code, check, promises } = await doctor();
    expect(check("database")?.detail).toContain("can only be read");
    expect(promises).toEqual([]);
    expect(code).toBe(1);
    await sql(
      "SET default_transaction_read_only = off",
      "ALTER DATABASE postgres RESET default_transaction_read_only",
    );
  });

  it("keeps every promise without Redis, and says what is slower", async () => {
    const gone = await startRedis();
    await gone.close();
    const env = { DATABASE_URL: postgres.url, REDIS_URL: gone.url };
    const { code, stdout } = await runLlamaAgent(["doctor", "--json"], env);
    const { checks, promises }: Examination = JSON.parse(stdout);
    expect(checks.at(-1)).toMatchObject({
      check: "redis",
      status: "warn",
      meanwhile: "runs begin up to 2 s later, streams are read from Postgres up to 3 s late",
    });
    expect(promises?.map(({ verdict }) => verdict)).toEqual(Array(6).fill("kept"));
    expect(code).toBe(0);
    const shown = await runLlamaAgent(["doctor"], env);
    expect(shown.stdout).toMatch(
      /\n✓ All promises are kept\. Until redis is back, runs begin up to 2 s later,.*\n$/,
    );
    expect(shown.code).toBe(0);
  });
});
