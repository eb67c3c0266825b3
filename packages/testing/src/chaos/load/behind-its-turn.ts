import { BEHIND_ITS_TURN_P99 } from "../../durability/behind-its-turn.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** Of all acknowledged runs; see the statement. */
export async function behindItsTurnP99(cluster: Cluster): Promise<number> {
  const [row] = await cluster.query<{ late: number }>(BEHIND_ITS_TURN_P99, [
    [...cluster.runs.keys()],
  ]);
  return row?.late ?? Infinity;
}
