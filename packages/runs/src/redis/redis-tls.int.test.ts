import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { systemClock, within } from "@llamaagent/core";
import { type RunningRedis, startRedis } from "@llamaagent/testing/services/redis";
import {
  createTestAuthority,
  type TestAuthority,
} from "@llamaagent/testing/services/test-certificates";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { bullmqHints } from "../hints/bullmq-hints.ts";
import { connectRedis } from "./redis-connection.ts";

const READY_MS = 5_000;

describe.runIf(inject("redisUrl"))("a Redis with a certificate", () => {
  let authority: TestAuthority;
  let honest: RunningRedis;
  let ofAnotherName: RunningRedis;
  beforeAll(async () => {
    authority = await createTestAuthority();
    honest = await startRedis({ certificate: await authority.issue() });
    const certificate = await authority.issue({ names: ["DNS:other.example"] });
    ofAnotherName = await startRedis({ certificate });
  });
  afterAll(async () => {
    await honest?.close();
    await ofAnotherName?.close();
    await authority?.remove();
  });

  const trusted = tls.getCACertificates();
  afterEach(() => tls.setDefaultCACertificates(trusted));
  /** As NODE_EXTRA_CA_CERTS does at the start of a process. */
  const trust = async (): Promise<void> =>
    tls.setDefaultCACertificates([...trusted, await readFile(authority.certPath, "utf8")]);

  /** The codes of what keeps a connection from being ready; undefined where it is ready. */
  async function faultOf(url: string, use: "request" | "blocking"): Promise<unknown> {
    const { promise: failed, resolve: onFailed } = Promise.withResolvers<unknown>();
    const redis = connectRedis(url, use, (error) =>
      onFailed("code" in error ? error.code : error.message),
    );
    try {
      const ready = once(redis, "ready").then(() => undefined);
      const outcome = await within(Promise.race([ready, failed]), READY_MS, "neither");
      if (outcome === undefined) expect(await redis.ping()).toBe("PONG");
      // It tries again, and is not let through then either.
      if (outcome !== undefined) await sleep(300);
      expect(redis.status === "ready").toBe(outcome === undefined);
      return outcome;
    } finally {
      redis.disconnect();
    }
  }

  describe.each(["request", "blocking"] as const)("for what is %s", (use) => {
    it("is refused where its authority is not known", async () => {
      expect(await faultOf(honest.url, use)).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    });

    it("is refused where the certificate is of another name", async () => {
      await trust();
      expect(await faultOf(ofAnotherName.url, use)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    });

    it("is connected to where its authority is trusted", async () => {
      await trust();
      expect(await faultOf(honest.url, use)).toBeUndefined();
    });
  });

  it("gets no hint by BullMQ where its authority is not known, and gives it on where it is", async () => {
    const id = "01900000-0000-7000-8000-000000000001";
    const hint = { tenantId: id, runId: id, generation: 1, priority: 1, runs: 1 };
    const errors: string[] = [];
    const open = () =>
      bullmqHints({
        url: honest.url,
        prefix: "test",
        clock: systemClock,
        onError: (error) => void errors.push("code" in error ? String(error.code) : error.message),
      });
    const refused = open();
    await expect.poll(() => errors).toContain("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect(await refused.add([hint])).toBe(false);
    await refused.close();

    await trust();
    const taken = open();
    await expect.poll(() => taken.add([hint])).toBe(true);
    const { promise: got, resolve } = Promise.withResolvers();
    const consumer = taken.consume(async (one) => resolve(one));
    expect(await got).toEqual(hint);
    await consumer.close();
    await taken.close();
  });
});
