import { expect, it } from "vitest";
import { llamaServerMissing, startLlamaServer } from "./llama-server.ts";

it.skipIf(llamaServerMissing())(
  "answers as an OpenAI-compatible server, to its key only",
  async () => {
    const server = await startLlamaServer();
    const models = await fetch(`${server.baseUrl}/models`, {
      headers: { authorization: `Bearer ${server.apiKey}` },
    });
    expect(await models.json()).toMatchObject({ data: [{ id: "smollm2" }] });
    expect((await fetch(`${server.baseUrl}/chat/completions`, { method: "POST" })).status).toBe(
      401,
    );
    await server.close();
  },
);
