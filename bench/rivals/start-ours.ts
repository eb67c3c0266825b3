import { z } from "zod";
import type { FakeModel } from "../server/start-fake-model.ts";
import { AGENT, AUTHORIZATION, startServer } from "../server/start-server.ts";
import type { KillableContender } from "./contender.ts";

/** Some more than are asked at once; all other settings are the defaults. */
const WORKER_SLOTS = "64";

const Waited = z.object({ run: z.object({ status: z.literal("success"), output: z.string() }) });
const Posted = z.object({ run_id: z.string() });
const Looked = z.object({ output: z.string().optional() });

/** Ours: one API, one worker, Postgres with fsync, Redis. */
export async function startOurs(model: FakeModel): Promise<KillableContender> {
  const env = { ...model.env, WORKER_SLOTS };
  const server = await startServer({ workers: 1, model: "openai/fake-model", env });
  let own = [server.api, ...server.workers];

  const killServers = async (): Promise<void> => {
    await Promise.all(own.map((process) => process.kill("SIGKILL")));
  };
  return {
    name: "LlamaAgent",
    url: server.url,
    pids: () => [...own, server.postgres.process, server.redis.process].map(({ pid }) => pid),
    headers: { authorization: AUTHORIZATION },
    wait: {
      path: "/runs/wait",
      body: (input) => ({ agent_id: AGENT, input }),
      answer: (answered) => Waited.parse(answered).run.output,
    },
    background: {
      path: "/runs",
      body: (input) => ({ agent_id: AGENT, input }),
      runPath: (posted) => `/runs/${Posted.parse(posted).run_id}`,
      answer: (looked) => Looked.parse(looked).output,
    },
    killServers,
    async startAgain() {
      own = await Promise.all([server.start("api"), server.start("worker")]);
    },
    async close() {
      await killServers();
      await server.close();
    },
  };
}
