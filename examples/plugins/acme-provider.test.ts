import { createServer, type Server, type ServerResponse } from "node:http";
import { createAgent } from "@llamaagent/agents";
import { createPluginRegistry, isAppError, loadPlugins } from "@llamaagent/core";
import { createChatModel } from "@llamaagent/models/chat";
import { afterEach, describe, expect, it } from "vitest";

const registry = createPluginRegistry(
  await loadPlugins(["./acme-provider.ts"], import.meta.dirname),
);
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** An agent on Acme, and what the service was sent. */
async function agentOn(answer: (response: ServerResponse) => void) {
  const sent: { key: string | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      sent.push({ key: request.headers.authorization, body: JSON.parse(body) });
      answer(response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const env = { ACME_URL: `http://127.0.0.1:${port}`, ACME_API_KEY: "secret" };
  const model = await createChatModel({ registry, modelId: "acme/large", env });
  return { agent: createAgent({ name: "a", model, limits: { max_tokens: 500 } }), sent };
}

const done = '{"done":{"usage":{"input_tokens":3,"output_tokens":2}}}\n';

describe("the Acme provider", () => {
  it("streams an agent's answer, also where a chunk ends inside a line and a character", async () => {
    const bytes = Buffer.from(`{"text":"Olá "}\n{"text":"🦙"}\n${done}`);
    const { agent, sent } = await agentOn((response) => {
      const cuts = [12, 27, bytes.length];
      cuts.forEach((end, i) => response.write(bytes.subarray(cuts[i - 1] ?? 0, end)));
      response.end();
    });
    const run = agent.run("Hi");
    const deltas: string[] = [];
    for await (const event of run) if (event.type === "message.delta") deltas.push(event.data.text);
    expect(deltas).toEqual(["Olá ", "🦙"]);
    expect((await run.result).usage).toEqual({ input_tokens: 3, output_tokens: 2 });
    expect(sent).toEqual([
      {
        key: "Bearer secret",
        body: {
          model: "large",
          messages: [{ role: "user", content: "Hi" }],
          tools: [],
          max_tokens: 500,
        },
      },
    ]);
  });

  it.each([
    [429, "model_rate_limited"],
    [400, "model_rejected"],
    [503, "model_unavailable"],
  ] as const)("makes a status of %d %s", async (status, code) => {
    const { agent } = await agentOn((response) => response.writeHead(status).end());
    await expect(agent.run("Hi").result).rejects.toSatisfy((error) => isAppError(error, code));
  });

  it.each([
    ["ends before it is done", '{"text":"a"}\n'],
    ["is no JSON", "oops\n"],
    ["has an unknown line", '{"surprise":1}\n'],
  ])("takes an answer that %s as a model that is away", async (_name, answer) => {
    const { agent } = await agentOn((response) => response.end(answer));
    await expect(agent.run("Hi").result).rejects.toSatisfy((error) =>
      isAppError(error, "model_unavailable"),
    );
  });

  it("stops with the signal's reason", async () => {
    const { agent } = await agentOn((response) => response.write('{"text":"a"}\n'));
    const controller = new AbortController();
    const run = agent.run("Hi", { signal: controller.signal });
    const reason = new Error("enough");
    for await (const event of run) {
      if (event.type !== "message.delta") continue;
      controller.abort(reason);
      break;
    }
    await expect(run.result).rejects.toBe(reason);
  });

  it("is refused by name where its key is missing", async () => {
    const made = createChatModel({ registry, modelId: "acme/large", env: {} });
    await expect(made).rejects.toThrow("needs ACME_URL and ACME_API_KEY");
  });
});
