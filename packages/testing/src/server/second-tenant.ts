import { AgentDefinition, type Principal, systemClock } from "@llamaagent/core";
import { createPostgres } from "@llamaagent/db";
import { admitRun, createAgent, createRunsContext, redisAdapters } from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";

/** Another tenant of servers under test: an API with one key, or none, knows only one. */
export interface SecondTenant {
  /** Admits a run as a replica does, from this process; the id. */
  admit(input: string): Promise<string>;
  close(): Promise<void>;
}

const AGENT = "second";

export async function createSecondTenant(options: {
  databaseUrl: string;
  redisUrl: string;
  /** `provider/model` of its agent. */
  model: string;
}): Promise<SecondTenant> {
  await using begun = new AsyncDisposableStack();
  const db = createPostgres({ url: options.databaseUrl });
  begun.defer(() => db.close());
  const onError = (error: Error): void => void process.stderr.write(`${error.message}\n`);
  const adapters = redisAdapters({ url: options.redisUrl, clock: systemClock, onError });
  begun.defer(() => adapters.close());
  const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });
  const tenantId = uuidv7();
  const principal: Principal = { tenantId, subject: "second", roles: ["admin"], scopes: [] };
  const definition = AgentDefinition.parse({ name: AGENT, model: options.model });
  await db.tenant(tenantId, (tx) => createAgent(tx, { agentId: uuidv7(), definition }));

  const running = begun.move();
  return {
    async admit(input) {
      const wanted = { agent: AGENT, input, metadata: {} };
      return (await admitRun(context, principal, wanted)).run.run_id;
    },
    close: () => running.disposeAsync(),
  };
}
