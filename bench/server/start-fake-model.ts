import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";

export interface FakeModel {
  /** For the servers that use it. */
  env: { OPENAI_BASE_URL: string; OPENAI_API_KEY: string };
  close(): Promise<void>;
}

/** A model behind HTTP in a process of its own, whose CPU is nobody's. */
export async function startFakeModel(
  script = "bench/server/short-answer.json",
): Promise<FakeModel> {
  const fake = await spawnNode(["packages/testing/src/fake-openai-main.ts", "--script", script], {
    cwd: repositoryRoot,
  });
  const [url] = await fake.waitFor(/^http:\S+$/);
  return {
    env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: "fake-key" },
    close: () => fake.kill(),
  };
}
