import { AgentDefinition, type Principal, systemClock } from "@llamaagent/core";
import { createPostgres } from "@llamaagent/db";
import { admitRun, createAgent, createRunsContext, redisAdapters } from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import type { RunPlan } from "../plan/run-plan.ts";
import type { Stores } from "./cluster-options.ts";

const AGENT = "chaos";

/** Another tenant of the servers: a replica's one key knows only one. */
export interface SecondTenant {
  /** Admits a run as a replica does; the id. */
  admit(plan: RunPlan): Promise<string>;
  close(): Promise<void>;
}

export async function createSecondTenant({ databaseUrl, redisUrl }: Stores): Promise<SecondTenant> {
  const db = createPostgres({ url: databaseUrl });
  const onError = (): void => undefined; // the hint is lost then: the experiment sees that by itself
  const adapters = redisAdapters({ url: redisUrl, clock: systemClock, onError });
  const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });
  const tenantId = uuidv7();
  const principal: Principal = { tenantId, subject: "second", roles: ["admin"], scopes: [] };
  const definition = AgentDefinition.parse({ name: AGENT, model: "openai/fake-model" });
  await db.tenant(tenantId, (tx) => createAgent(tx, { agentId: uuidv7(), definition }));
  return {
    async admit(plan) {
      const input = JSON.stringify(plan);
      const wanted = { agent: AGENT, input, metadata: {}, bodyHash: plan.label };
      return (await admitRun(context, principal, wanted)).run.run_id;
    },
    async close() {
      await adapters.close();
      await db.close();
    },
  };
}
