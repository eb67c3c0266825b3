import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";

const LOOK_MS = 250;
const LIMIT_SECONDS = 120;

/** Settles what a waiting run waits for. */
type Settle = (runId: string) => Promise<void>;

/** Until every stored run has ended. */
export async function waitForEnds(cluster: Cluster, settle: Settle): Promise<void> {
  const until = performance.now() + LIMIT_SECONDS * 1000;
  let lastError: unknown;
  for (;;) {
    const open = await cluster.query<{ run_id: string; state: string }>(
      `SELECT run_id, state FROM runs WHERE state <> 'ended' ORDER BY run_id`,
    );
    if (open.length === 0) return;
    if (performance.now() > until) {
      const some = open.slice(0, 5).map(({ run_id: id, state }) => `${id} is ${state}`);
      const text = `${open.length} runs had not ended after ${LIMIT_SECONDS} s: ${some.join()}`;
      throw new Error(text, { cause: lastError });
    }
    for (const { run_id: id, state } of open)
      if (state === "waiting")
        // A replica may be away, another look settles it.
        await settle(id).catch((error: unknown) => (lastError = error));
    await sleep(LOOK_MS);
  }
}
