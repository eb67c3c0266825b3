import { join } from "node:path";
import { freePort } from "@llamaagent/testing/services/free-port";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { z } from "zod";
import type { FakeModel } from "../server/start-fake-model.ts";
import type { KillableContender } from "./contender.ts";

const GRAPH = "ask";
const State = z.object({ answer: z.string() });
const Posted = z.object({ thread_id: z.string() });
const Thread = z.object({ values: State.nullish() });

/** LangGraph.js's server in memory, from where `installLanggraph` has put it. */
export async function startLanggraph(folder: string, model: FakeModel): Promise<KillableContender> {
  const state = await temporaryFolder("langgraph");
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;

  async function start() {
    const started = await spawnNode([join(folder, "server.mjs"), port, state.path], {
      cwd: folder,
      // Settings whose reasons stand in server.mjs.
      env: {
        MODEL_URL: model.env.OPENAI_BASE_URL,
        NODE_ENV: "production",
        LOG_LEVEL: "error",
        LANGSMITH_TRACING: "false",
      },
    });
    await started.waitFor(/^ready$/, { timeoutSeconds: 60 });
    return started;
  }

  let server = await start();
  return {
    name: "LangGraph.js",
    url,
    pids: () => [server.pid],
    headers: {},
    wait: {
      path: "/runs/wait",
      body: (question) => ({ assistant_id: GRAPH, input: { question } }),
      answer: (response) => State.parse(response).answer,
    },
    background: {
      path: "/runs",
      // Else its thread is deleted at its end, and nobody could read the answer.
      body: (question) => ({ assistant_id: GRAPH, input: { question }, on_completion: "keep" }),
      runPath: (response) => `/threads/${Posted.parse(response).thread_id}`,
      answer: (looked) => Thread.parse(looked).values?.answer,
    },
    killServers: () => server.kill("SIGKILL"),
    async startAgain() {
      server = await start();
    },
    async close() {
      await server.kill("SIGKILL");
      await state.remove();
    },
  };
}
