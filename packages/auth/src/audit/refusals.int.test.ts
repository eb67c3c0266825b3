import { systemClock } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { expect, it } from "vitest";
import { PLATFORM_CHAIN } from "./audit-record.ts";
import { listRecords } from "./list-records.ts";
import { createRefusals } from "./refusals.ts";
import { verifyChain } from "./verify-chain.ts";

onEachDatabase((database) => {
  it("fills no database with 10,000 guesses, counts each, and tells a tenant its own", async () => {
    const tenantId = uuidv7();
    const onError = (error: unknown): void => expect.fail(String(error));
    const refusals = createRefusals({ db: database(), clock: systemClock, onError });
    const common = { action: "access", code: "unauthorized", status: 401, detail: {} } as const;
    for (let n = 0; n < 10_000; n += 1)
      refusals.note({
        ...common,
        tenant_id: PLATFORM_CHAIN,
        address: `2001:db8:${(n >> 2).toString(16)}::/64`,
        request_id: `r-${n}`,
        route: "GET /runs/:run_id",
      });
    for (let n = 0; n < 3; n += 1)
      refusals.note({ ...common, tenant_id: tenantId, subject: "thief", request_id: `t-${n}` });
    await refusals.close();
    const read = (chain: string) =>
      database().tenant(chain, (tx) => listRecords(tx, { order: "asc", limit: 1_000 }));
    const records = await read(PLATFORM_CHAIN);
    expect(records.length).toBe(201);
    expect(records.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(
      records
        .map(({ count }) => count)
        .toSorted((a, b) => b - a)
        .slice(0, 2),
    ).toEqual([9_200, 4]);
    expect(await verifyChain(records)).toMatchObject({ isSound: true });
    const [own, ...none] = await read(tenantId);
    expect(none).toEqual([]);
    expect(own).toMatchObject({
      outcome: "refused",
      subject: "thief",
      count: 3,
      request_id: "t-2",
    });
    expect(Date.parse(own?.first_at ?? "")).toBeLessThanOrEqual(Date.parse(own?.last_at ?? ""));
    expect(Date.parse(own?.last_at ?? "")).toBeLessThanOrEqual(Date.parse(own?.at ?? ""));
  });
});
