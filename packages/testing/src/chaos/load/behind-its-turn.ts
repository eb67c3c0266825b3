import { MOST_BEHIND_ITS_TURN } from "../../durability/behind-its-turn.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** Of all acknowledged runs; see the statement. */
export async function mostBehindItsTurn(cluster: Cluster): Promise<number> {
  const [row] = await cluster.query<{ late: number }>(MOST_BEHIND_ITS_TURN, [
    [...cluster.runs.keys()],
  ]);
  return row?.late ?? Infinity;
}
