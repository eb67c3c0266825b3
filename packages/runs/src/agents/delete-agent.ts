import { schema, type TenantTx } from "@llamaagent/db";
import { sql } from "drizzle-orm";
import { agentNotFound, referredAgent } from "./agent-reference.ts";

const { agents } = schema;

/** Soft: runs keep the version that they pinned, and the name is free again. Error: `not_found`. */
export async function deleteAgent(tx: TenantTx, idOrName: string): Promise<{ agentId: string }> {
  const [deleted] = await tx.orm
    .update(agents)
    .set({ deletedAt: sql`now()`, updatedAt: sql`now()` })
    .where(referredAgent(tx, idOrName))
    .returning({ agentId: agents.agentId });
  if (deleted === undefined) throw agentNotFound();
  return deleted;
}
