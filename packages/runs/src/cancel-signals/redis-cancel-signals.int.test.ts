import { randomUUID } from "node:crypto";
import { cancelSignalsContract } from "@llamaagent/testing/cancel-signals.contract";
import { createStallingProxy } from "@llamaagent/testing/services/stalling-proxy";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { describe, expect, inject, it } from "vitest";
import { redisCancelSignals } from "./redis-cancel-signals.ts";

describe.runIf(inject("redisUrl"))("cancel signals on Redis", () => {
  const prefix = randomUUID();
  cancelSignalsContract("cancel signals on Redis", async () =>
    redisCancelSignals({ url: await testRedisUrl(), prefix, onError: () => {} }),
  );

  it("hold nobody up on a half-open connection", async () => {
    const proxy = await createStallingProxy(await testRedisUrl());
    const errors: Error[] = [];
    const onError = (error: Error) => void errors.push(error);
    const signals = redisCancelSignals({ url: proxy.url, prefix, onError });
    await new Promise((resolve) => setTimeout(resolve, 200));
    proxy.stall();
    const startedAt = performance.now();
    await signals.publish({ tenantId: randomUUID(), runId: randomUUID() });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(errors).not.toHaveLength(0);
    await signals.close();
    await proxy.close();
  });
});
