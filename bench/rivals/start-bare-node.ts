import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { z } from "zod";
import type { FakeModel } from "../server/start-fake-model.ts";
import type { Contender } from "./contender.ts";

const Answered = z.object({ answer: z.string() });

export async function startBareNode(model: FakeModel): Promise<Contender> {
  const server = await spawnNode(["bench/rivals/bare-node-main.ts", model.env.OPENAI_BASE_URL], {
    cwd: repositoryRoot,
  });
  const [url] = await server.waitFor(/^http:\S+$/);
  return {
    name: "bare node:http",
    url,
    pids: () => [server.pid],
    headers: {},
    wait: {
      path: "/",
      body: (question) => ({ question }),
      answer: (response) => Answered.parse(response).answer,
    },
    close: () => server.kill(),
  };
}
