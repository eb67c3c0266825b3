import pg from "pg";
import { Redis } from "ioredis";
import { describe, expect, inject, it } from "vitest";
import { createTestDatabase } from "./test-database.ts";
import { testRedisUrl } from "./test-redis.ts";

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe.runIf(inject("databaseUrl"))("createTestDatabase", () => {
  it("gives each caller a database of its own, with pgvector at hand", async () => {
    const [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await query(a.url, "CREATE EXTENSION vector; CREATE TABLE only_here (v vector(2))");
    expect(await query(b.url, "SELECT to_regclass('only_here') AS t")).toEqual([{ t: null }]);
    await Promise.all([a.drop(), b.drop()]);
  });

  it("migrates once and copies the result", async () => {
    let migrations = 0;
    const migrate = async (url: string) => {
      migrations += 1;
      await query(url, "CREATE TABLE migrated (n int); INSERT INTO migrated VALUES (7)");
    };
    const options = { migrate, template: "services.int.test" };
    const [a, b] = await Promise.all([createTestDatabase(options), createTestDatabase(options)]);
    expect(await query(a.url, "SELECT n FROM migrated")).toEqual([{ n: 7 }]);
    expect(await query(b.url, "SELECT n FROM migrated")).toEqual([{ n: 7 }]);
    expect(migrations).toBe(1);
    await Promise.all([a.drop(), b.drop()]);
  });

  it("makes a template anew that a failed migration left behind", async () => {
    const template = "services.int.test broken";
    const broken = () => Promise.reject(new Error("cut off"));
    await expect(createTestDatabase({ migrate: broken, template })).rejects.toThrow("cut off");
    const migrate = async (url: string) => void (await query(url, "CREATE TABLE whole ()"));
    const database = await createTestDatabase({ migrate, template });
    expect(await query(database.url, "SELECT * FROM whole")).toEqual([]);
    await database.drop();
  });
});

describe.runIf(inject("redisUrl"))("testRedisUrl", () => {
  it("gives an empty database", async () => {
    const url = await testRedisUrl();
    const redis = new Redis(url);
    await redis.set("left", "over");
    await redis.quit();
    const again = new Redis(await testRedisUrl());
    expect(await again.dbsize()).toBe(0);
    await again.quit();
  });
});
