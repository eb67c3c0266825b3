import { createClient, type Client, type Run } from "@llamaagent/client";
import { type FakeOpenAi, startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import type { RunningServer } from "@llamaagent/testing/server/running-server";
import { expect } from "vitest";
import { plugin } from "./poison-plugin.ts";

/** What a server needs whose agent `victim` calls the tools that its input names. */
export async function startPoisonModel(): Promise<FakeOpenAi & { env: NodeJS.ProcessEnv }> {
  const model = await startFakeOpenAi({
    script: ({ userText, turn }) =>
      turn === 0
        ? { toolCalls: userText.split(" ").map((name) => ({ name, arguments: {} })) }
        : { text: "Done." },
  });
  const env = {
    LLAMAAGENT_PLUGINS: "./apps/worker/src/test/poison-plugin.ts",
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: "fake-key",
  };
  return { ...model, env };
}

export interface Victims {
  client: Client;
  /** Starts a run; answers its id. */
  start(tools: string): Promise<string>;
  reach(runId: string, state: Run["state"], timeoutSeconds?: number): Promise<Run>;
}

export async function makeVictims(server: RunningServer): Promise<Victims> {
  const client = createClient({ url: server.urls[0] ?? "", retry: { attempts: 30 } });
  await client.agents.create({
    name: "victim",
    model: "openai/fake-model",
    tools: (plugin.tools ?? []).map(({ name }) => name),
  });
  return {
    client,
    start: async (input) => (await client.runs.create({ agent_id: "victim", input })).run_id,
    async reach(runId, state, timeoutSeconds = 60) {
      let run = await client.runs.get(runId);
      const look = async (): Promise<string> => (run = await client.runs.get(runId)).state;
      await expect.poll(look, { timeout: timeoutSeconds * 1000, interval: 100 }).toBe(state);
      return run;
    },
  };
}
