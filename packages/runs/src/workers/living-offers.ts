import type { Database } from "@llamaagent/db";
import { Capabilities } from "./capabilities.ts";

/** What living workers offer, each different set once: workers of one version with the same plug-ins share one. */
export async function livingOffers(db: Database): Promise<Capabilities[]> {
  const rows = await db.system((tx) =>
    tx.query<{ capabilities: unknown }>(
      "SELECT DISTINCT capabilities FROM workers WHERE alive_until > now()",
    ),
  );
  return rows.map(({ capabilities }) => Capabilities.parse(capabilities));
}
