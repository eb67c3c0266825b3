import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runShellSnippet } from "./run-snippet.ts";

const server = createServer(({ url }, response) => {
  response.writeHead(url === "/found" ? 200 : 404).end(`${url}\n`);
});
let URL: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a TCP server
});
afterAll(() => server.close());

it("gives what a page's shell prints", async () => {
  const script = 'FOUND=$(curl -s "$URL/found" | cat)\necho "$FOUND twice: $FOUND"';
  expect(await runShellSnippet(script, { URL })).toBe("/found twice: /found\n");
});

it.each(['curl -s "$URL/lost"', 'LOST=$(curl -s "$URL/lost" | cat)\necho "$LOST"', "false\ntrue"])(
  "throws at %j",
  async (script) => {
    await expect(runShellSnippet(script, { URL })).rejects.toThrow(script);
  },
);
