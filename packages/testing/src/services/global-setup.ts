import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { localBinaries } from "../test-binaries/local-binaries.ts";
import {
  mayHaveContainerEngine,
  startPostgresContainer,
  startRedisContainer,
} from "./container-services.ts";
import { findService } from "./find-service.ts";
import { startPostgres } from "./postgres.ts";
import { dropRunDatabases } from "./run-databases.ts";
import { startRedis } from "./redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the run's one Postgres; undefined where there is none. Take `createTestDatabase()`. */
    databaseUrl: string | undefined;
    /** Of the run's one Redis; undefined where there is none. Take `testRedisUrl()`. */
    redisUrl: string | undefined;
    /** In the name of every database that this run makes. */
    testRunId: string;
  }
}

/** One Postgres and one Redis for a whole test run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const env = process.env;
  const testRunId = randomBytes(6).toString("hex");
  const binaries = localBinaries(env);
  const containers = mayHaveContainerEngine(env);
  const [postgres, redis] = await Promise.all([
    findService({
      given: env["TEST_DATABASE_URL"],
      container: containers ? startPostgresContainer : undefined,
      local: binaries.postgres ? startPostgres : undefined,
      howToGet: "set TEST_DATABASE_URL, or: npm run services -- fetch postgres",
    }),
    findService({
      given: env["TEST_REDIS_URL"],
      container: containers ? startRedisContainer : undefined,
      local: binaries.redisServer ? startRedis : undefined,
      howToGet: "set TEST_REDIS_URL, or install redis-server",
    }),
  ]);
  const close = async () => {
    if ("url" in postgres && postgres.source === "given URL")
      await dropRunDatabases(postgres.url, testRunId);
    for (const found of [postgres, redis]) if ("url" in found) await found.close();
  };
  const missing = Object.entries({ Postgres: postgres, Redis: redis }).flatMap(([name, found]) =>
    "missing" in found ? [`${name} is missing (${found.missing})`] : [],
  );
  if (missing.length > 0 && env["REQUIRE_SERVICES"] === "1") {
    await close();
    throw new Error(`REQUIRE_SERVICES=1, but ${missing.join("; ")}`);
  }
  for (const fault of missing) process.stdout.write(`${fault}: tests that need it are skipped\n`);
  project.provide("testRunId", testRunId);
  project.provide("databaseUrl", "url" in postgres ? postgres.url : undefined);
  project.provide("redisUrl", "url" in redis ? redis.url : undefined);
  return close;
}
