import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { expect, it } from "vitest";

const script = `
  import { createOpenaiChatModel } from ${JSON.stringify(new URL("openai-chat-model.ts", import.meta.url).href)};
  const [, baseUrl] = process.argv;
  const model = createOpenaiChatModel({
    id: "openai/m", model: "m", baseUrl, apiKey: "k", idleTimeoutMs: 5000, limitField: "max_tokens",
  });
  const request = { messages: [{ role: "user", content: "Hello" }], tools: [] };
  const answer = await model.complete(request, { signal: new AbortController().signal, step: "model/0" });
  console.log("answer: " + answer.content);
`;

it("go through the environment's proxy where Node is told to heed it, and only there", async () => {
  const fake = await startFakeOpenAi({ script: [{ text: "Hi" }] });
  const target = new URL(fake.url);
  const tunnels: string[] = [];
  const proxy = createServer().on("connect", (request, client) => {
    tunnels.push(request.url ?? "");
    const server = connect(Number(target.port), target.hostname, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      server.pipe(client).pipe(server);
    });
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxyUrl = `http://127.0.0.1:${address.port}`;
  for (const [heeded, expected] of [
    ["1", [target.host]],
    ["0", []],
  ] as const) {
    const child = await spawnNode(["--input-type=module", "--eval", script, fake.url], {
      env: {
        NODE_USE_ENV_PROXY: heeded,
        HTTP_PROXY: proxyUrl,
        http_proxy: proxyUrl,
        NO_PROXY: "",
        no_proxy: "",
      },
    });
    await child.waitFor(/^answer: Hi$/);
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(tunnels.splice(0)).toEqual(expected);
  }
  proxy.close();
  await fake.close();
});
