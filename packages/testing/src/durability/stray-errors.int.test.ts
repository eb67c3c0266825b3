import { createClient } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../server/embedded-server.ts";

describe("a tool that leaves an error behind", () => {
  let model: FakeOpenAi;
  let server: EmbeddedServer;

  beforeAll(async () => {
    model = await startFakeOpenAi({
      script: ({ userText, turn }) =>
        turn === 0 ? { toolCalls: [{ name: userText, arguments: {} }] } : { text: "Done." },
    });
    server = await startEmbeddedServer({
      LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/stray-plugin.ts",
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: "fake-key",
    });
    await createClient({ url: server.urls[0] ?? "" }).agents.create({
      name: "strays",
      model: "openai/fake-model",
      tools: ["stray_rejection", "stray_throw"],
    });
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
  });

  it.each([
    { tool: "stray_rejection", said: /stray rejection/ },
    { tool: "stray_throw", said: /stray throw/ },
  ])("does not end the process: $tool", async ({ tool, said }) => {
    // Not a patient one: a server that is gone fails the test at once.
    const client = createClient({ url: server.urls[0] ?? "" });
    const types: string[] = [];
    for await (const event of client.runs.stream({ agent_id: "strays", input: tool }))
      types.push(event.type);
    expect(types).toContain("tool_call.completed");
    expect(types.at(-1)).toBe("run.completed");
    await server.workers[0]?.waitFor(said);
    await server.workers[0]?.waitFor(/a stray error of a plug-in or of ours; going on/);
    expect((await client.agents.get("strays")).name).toBe("strays");
  });
});
