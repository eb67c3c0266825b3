import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nothingAllowed } from "./fetch-allowance.ts";
import { guardedAgent } from "./guarded-agent.ts";

let requests = 0;
const server = createServer((_request, response) => response.end());
server.on("request", () => (requests += 1));
let port = 0;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo); // it listens on a port
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it("writes nothing where the connection leads elsewhere than was judged", async () => {
  const answers = ["8.8.8.8"];
  /** The first who asks is told of a public address: the judgement. */
  const twoFaced = {
    get address() {
      return answers.shift() ?? "127.0.0.1";
    },
    family: 4,
  };
  const dispatcher = guardedAgent({
    allowance: nothingAllowed,
    lookup: async () => [twoFaced],
    timeoutMs: 2_000,
  });
  const connected = once(server, "connection");
  const sent = request(`http://hook.example:${port}/`, { method: "POST", body: "{}", dispatcher });
  await expect(sent).rejects.toThrow("hook.example is not an address of the public internet");
  await connected;
  expect(requests).toBe(0);
  await dispatcher.destroy();
});
