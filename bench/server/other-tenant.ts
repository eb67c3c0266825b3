import { setTimeout as sleep } from "node:timers/promises";
import { AgentDefinition, type Principal, systemClock } from "@llamaagent/core";
import { createPostgres } from "@llamaagent/db";
import { admitRun, createAgent, createRunsContext, redisAdapters } from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { watchOpenRuns } from "./open-runs.ts";
import { AGENT, type MeasuredServer } from "./start-server.ts";

export interface OtherTenant {
  /** Keeps so many runs open, most of them queued, until it is stopped; then all are let end. */
  crowd(count: number): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

const AT_ONCE = 32;
const LOOK_MS = 50;

/** A second tenant of the same server: admitted as the API does it, from this process. */
export async function createOtherTenant(
  server: MeasuredServer,
  model: string,
): Promise<OtherTenant> {
  await using begun = new AsyncDisposableStack();
  const db = createPostgres({ url: server.postgres.url });
  begun.defer(() => db.close());
  const onError = (error: Error): void => void process.stderr.write(`${error.message}\n`);
  const adapters = redisAdapters({ url: server.redis.url, clock: systemClock, onError });
  begun.defer(() => adapters.close());
  const openRuns = await watchOpenRuns(server.postgres.url);
  begun.defer(() => openRuns.close());
  const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });
  const tenantId = uuidv7();
  const principal: Principal = { tenantId, subject: "crowd", roles: ["admin"], scopes: [] };
  const definition = AgentDefinition.parse({ name: AGENT, model });
  await db.tenant(tenantId, (tx) => createAgent(tx, { agentId: uuidv7(), definition }));

  const admit = () =>
    admitRun(context, principal, { agent: AGENT, input: "Hello", metadata: {}, bodyHash: "none" });
  async function fill(count: number): Promise<void> {
    let missing = count - (await openRuns.count());
    const admitNext = async (): Promise<void> => {
      while (missing > 0) {
        missing -= 1;
        await admit();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, admitNext));
  }

  const running = begun.move();
  return {
    async crowd(count) {
      await fill(count);
      let isOver = false;
      const filling = (async () => {
        while (!isOver) {
          await fill(count);
          await sleep(LOOK_MS);
        }
      })();
      return {
        async stop() {
          isOver = true;
          await filling;
          while ((await openRuns.count()) > 0) await sleep(LOOK_MS);
        },
      };
    },
    close: () => running.disposeAsync(),
  };
}
