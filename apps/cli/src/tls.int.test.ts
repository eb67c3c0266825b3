import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import {
  type PostgresTlsProxy,
  startPostgresTlsProxy,
} from "@llamaagent/testing/services/postgres-tls-proxy";
import { type RunningRedis, startRedis } from "@llamaagent/testing/services/redis";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import type { SpawnedProcess } from "@llamaagent/testing/services/spawn-process";
import {
  temporaryFolder,
  type TemporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import {
  type CertificateFiles,
  createTestAuthority,
  daysFromNow,
  type TestAuthority,
} from "@llamaagent/testing/services/test-certificates";
import { createTestDatabase, type TestDatabase } from "@llamaagent/testing/services/test-database";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { Examination } from "./doctor/examine.ts";

let authority: TestAuthority;
beforeAll(async () => {
  authority = await createTestAuthority();
});
afterAll(() => authority?.remove());

const started: SpawnedProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) await child.kill();
});
async function start(command: string, env: NodeJS.ProcessEnv): Promise<SpawnedProcess> {
  const child = await spawnNode(["apps/cli/src/main.ts", command], {
    cwd: repositoryRoot,
    env: { LOG_LEVEL: "info", PORT: "0", ...env },
  });
  started.push(child);
  return child;
}

const served = ({ certPath, keyPath }: CertificateFiles) => ({
  LLAMAAGENT_TLS_CERT_PATH: certPath,
  LLAMAAGENT_TLS_KEY_PATH: keyPath,
});
const trusting = () => ({ NODE_EXTRA_CA_CERTS: authority.certPath });

async function doctor(env: NodeJS.ProcessEnv) {
  const { stdout } = await runLlamaAgent(["doctor", "--json"], env);
  const { checks }: Examination = JSON.parse(stdout);
  const found = (wanted: string) => checks.find(({ check }) => check === wanted);
  return { found, states: checks.map(({ check, status }) => `${check}: ${status}`) };
}

describe("the embedded server", () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder("dev-https");
  });
  afterAll(() => folder?.remove());

  it("serves by https with a certificate, and commands reach it that trust its authority", async () => {
    const dev = await start("dev", {
      ...served(await authority.issue()),
      LLAMAAGENT_DATA_DIR: folder.path,
    });
    const [, url = ""] = await dev.waitFor(/ready on (https:\/\/127\.0\.0\.1:\d+) /, {
      timeoutSeconds: 60,
    });
    const ask = ["run", "What is 6 * 7?"];
    const server = { LLAMAAGENT_URL: url };
    expect(await runLlamaAgent(ask, { ...server, ...trusting() })).toMatchObject({
      code: 0,
      stdout: "6 * 7 = 42\n",
    });
    const stranger = await runLlamaAgent(ask, server);
    expect(stranger.code).not.toBe(0);
    expect(stranger.stderr).toContain("unable to verify the first certificate");
    const unverified = await runLlamaAgent(ask, { ...server, NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(unverified.code).not.toBe(0);
    expect(unverified.stderr).toContain("NODE_TLS_REJECT_UNAUTHORIZED: must not be `0`");
    await dev.kill("SIGTERM");
    expect(await dev.exited).toEqual({ code: 0, signal: null });
  }, 120_000);

  it("starts with no certificate that is over, no half of one, and none unverified", async () => {
    const over = await authority.issue({ beginsAt: daysFromNow(-9), endsAt: daysFromNow(-1) });
    const env = { LLAMAAGENT_DATA_DIR: folder.path };
    for (const [fault, faulty] of [
      ["LLAMAAGENT_TLS_CERT_PATH: .* was valid until", served(over)],
      ["LLAMAAGENT_TLS_CERT_PATH: must be set where", { LLAMAAGENT_TLS_KEY_PATH: over.keyPath }],
      ["LLAMAAGENT_TLS_CERT_PATH: must be set where", { LLAMAAGENT_TLS_CERT_PATH: over.certPath }],
      ["NODE_TLS_REJECT_UNAUTHORIZED: must not be `0`", { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
    ] as const) {
      const dev = await start("dev", { ...env, ...faulty });
      expect(await dev.exited).toEqual({ code: 1, signal: null });
      expect(dev.lines.join("\n")).toMatch(new RegExp(fault));
    }
    const { found } = await doctor({ ...env, ...served(over) });
    expect(found("certificate")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("was valid until"),
    });
  }, 120_000);

  it("is told by doctor of a certificate that ends soon, and of what goes without TLS", async () => {
    const soon = await authority.issue({ endsAt: daysFromNow(10) });
    const { found } = await doctor({
      LLAMAAGENT_DATA_DIR: folder.path,
      OPENAI_BASE_URL: "http://models.example/v1",
      ...served(soon),
    });
    expect(found("certificate")).toMatchObject({ status: "warn" });
    expect(found("transport")).toMatchObject({
      status: "warn",
      detail: "without TLS to another machine: OPENAI_BASE_URL",
    });
  }, 60_000);
});

const hasServices = inject("databaseUrl") !== undefined && inject("redisUrl") !== undefined;
describe.runIf(hasServices)("API and worker on a Postgres and a Redis with certificates", () => {
  let database: TestDatabase;
  let postgres: PostgresTlsProxy;
  let redis: RunningRedis;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    database = await createTestDatabase();
    postgres = await startPostgresTlsProxy(database.url, await authority.issue());
    redis = await startRedis({ certificate: await authority.issue() });
    env = { DATABASE_URL: `${postgres.url}?sslmode=verify-full`, REDIS_URL: redis.url };
  });
  afterAll(async () => {
    await redis?.close();
    await postgres?.close();
    await database?.drop();
  });

  it("do all that they do where they trust the authority", async () => {
    const trusted = { ...env, ...trusting() };
    expect((await runLlamaAgent(["migrate"], trusted)).code).toBe(0);
    const api = await start("api", { ...trusted, ...served(await authority.issue()) });
    const worker = await start("worker", trusted);
    const [, url = ""] = await api.waitFor(/(https:\/\/127\.0\.0\.1:\d+)/);
    await worker.waitFor(/worker \S+ ready/);
    const client = { LLAMAAGENT_URL: url, ...trusting() };
    expect(await runLlamaAgent(["run", "What is 6 * 7?"], client)).toMatchObject({
      code: 0,
      stdout: "6 * 7 = 42\n",
    });
    const { states } = await doctor(trusted);
    for (const one of ["database: ok", "redis: ok", "transport: ok", "workers: ok"])
      expect(states).toContain(one);
    expect(api.lines.join("\n")).not.toContain("UNABLE_TO_VERIFY");
    expect(new Set(postgres.connections)).toEqual(new Set(["encrypted"]));
    await Promise.all([api.kill("SIGTERM"), worker.kill("SIGTERM")]);
    expect(await api.exited).toEqual({ code: 0, signal: null });
  }, 120_000);

  it("reach neither where they do not, and doctor says why", async () => {
    const { found } = await doctor(env);
    const byTls = "The database cannot be reached by TLS (UNABLE_TO_VERIFY_LEAF_SIGNATURE)";
    expect(found("database")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining(`cannot be reached: ${byTls}`),
    });
    expect(found("redis")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("unable to verify the first certificate"),
    });
    const api = await start("api", env);
    expect((await api.exited).code).toBe(1);
    expect(api.lines.join("\n")).toContain(byTls);
  }, 60_000);

  it("refuse to start where a URL would have them verify nothing", async () => {
    const api = await start("api", {
      DATABASE_URL: `${postgres.url}?sslmode=no-verify`,
      REDIS_URL: `${redis.url}?tls=`,
      PGSSLMODE: "prefer",
    });
    expect((await api.exited).code).toBe(1);
    const text = api.lines.join("\n");
    for (const name of ["DATABASE_URL", "REDIS_URL", "PGSSLMODE"])
      expect(text).toMatch(new RegExp(`^ *${name}: `, "m"));
  });
});
