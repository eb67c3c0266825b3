import { settleUnknown } from "../../durability/run-facts.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** As a person who asks the effect server whether each call had its effect. */
export async function settleByTruth(cluster: Cluster, runId: string): Promise<void> {
  await settleUnknown(cluster.client, runId, await cluster.effects());
}
