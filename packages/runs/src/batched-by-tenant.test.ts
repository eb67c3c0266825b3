import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Database, TenantTx } from "@llamaagent/db";
import { expect, it, vi } from "vitest";
import { batchedByTenant } from "./batched-by-tenant.ts";

/** Batches wait until they are let go. */
function batching() {
  const begun: string[] = [];
  const gates: (() => void)[] = [];
  // The calls below ask no more of it.
  const tenant: Database["tenant"] = (tenantId, work) => work({ tenantId } as TenantTx);
  const callOf = batchedByTenant({ tenant } as Database, async (tx, inputs: number[]) => {
    begun.push(`${tx.tenantId} ${inputs.join()}`);
    await new Promise<void>((resolve) => gates.push(resolve));
    return inputs;
  });
  return { begun, gates, callOf };
}
const turn = () => new Promise(setImmediate);

it("makes those calls of a tenant together that come while one is under way, and no other's", async () => {
  const { begun, gates, callOf } = batching();
  const answers = [callOf("a", 1)];
  await turn();
  answers.push(callOf("a", 2), callOf("b", 3), callOf("a", 4));
  await turn();
  expect(begun).toEqual(["a 1", "b 3"]);
  gates[0]?.();
  await turn();
  expect(begun).toEqual(["a 1", "b 3", "a 2,4"]);
  answers.push(callOf("a", 5));
  await turn();
  expect(begun).toHaveLength(3);
  gates[1]?.();
  gates[2]?.();
  await vi.waitFor(() => expect(begun).toEqual(["a 1", "b 3", "a 2,4", "a 5"]));
  gates[3]?.();
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5]);
});

it("keeps nothing of a tenant whose calls are over", async () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("there is no gc");
  const tenant: Database["tenant"] = (_tenantId, work) => work({} as TenantTx); // nothing is asked of it
  const callOf = batchedByTenant({ tenant } as Database, async (_tx, inputs: number[]) => inputs);
  const heapAfter = async (tenants: number, prefix: string): Promise<number> => {
    for (let n = 0; n < tenants; n += 1) await callOf(`${prefix}${n}`, n);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(1_000, "early");
  // What is kept of one takes more than 1 kB.
  expect((await heapAfter(10_000, "late")) - before).toBeLessThan(2_000_000);
});
