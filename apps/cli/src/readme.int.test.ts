import { documentSnippet } from "@llamaagent/testing/architecture/document-snippets";
import {
  runTypeScriptSnippet,
  runShellSnippet,
} from "@llamaagent/testing/architecture/run-snippet";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbeddedServer({});
});
afterAll(() => server.close());

/** README.md names the port of `npm start`; the test's server has another. */
function atServer(text: string): string {
  const { host } = new URL(server.urls[0] ?? "");
  expect(text).toContain("localhost:8000");
  return text.replaceAll("localhost:8000", host);
}

it("README.md's curl session makes an agent, uploads a file and reads the run's stream", async () => {
  const stdout = await runShellSnippet(atServer(documentSnippet("README.md", "curl-session")));
  expect(stdout).toContain('"name":"reader"');
  expect(stdout).toContain("event: tool_call.completed");
  expect(stdout).toContain("within 15 s");
  expect(stdout).toMatch(/event: run\.completed\ndata: .*"status":"success"/);
});

it("README.md's shell reads a background run's events after the first", async () => {
  const snippet = atServer(documentSnippet("README.md", "curl-read-on"));
  const stdout = await runShellSnippet(snippet);
  expect(stdout).toMatch(/^id: 1-1\nevent: run\.started\n/);
  expect(stdout).toMatch(/event: run\.completed\ndata: .*"output":"6 \* 7 = 42"/);
});

it("README.md's client session prints the answer", async () => {
  const stdout = await runTypeScriptSnippet(
    atServer(documentSnippet("README.md", "client-session")),
  );
  expect(stdout).toBe("6 * 7 = 42\ncompleted\n");
});
