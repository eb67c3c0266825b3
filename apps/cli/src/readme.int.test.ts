import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { documentSnippet } from "@llamaagent/testing/architecture/document-snippets";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
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
  const { stdout } = await run(
    "sh",
    ["-eu", "-c", atServer(documentSnippet("README.md", "curl-session"))],
    {
      cwd: repositoryRoot,
    },
  );
  expect(stdout).toContain('"name":"reader"');
  expect(stdout).toContain("event: tool_call.completed");
  expect(stdout).toContain("within 15 s");
  expect(stdout).toMatch(/event: run\.completed\ndata: .*"status":"success"/);
  expect(stdout).not.toContain("/errors/");
});

it("README.md's shell reads a background run's events after the first", async () => {
  const snippet = atServer(documentSnippet("README.md", "curl-read-on"));
  const { stdout } = await run("sh", ["-eu", "-c", snippet], { cwd: repositoryRoot });
  expect(stdout).toMatch(/^id: 1-1\nevent: run\.started\n/);
  expect(stdout).toMatch(/event: run\.completed\ndata: .*"output":"6 \* 7 = 42"/);
});

it("README.md's client session prints the answer", async () => {
  const { stdout } = await run(
    process.execPath,
    [
      "--input-type=module-typescript",
      "--eval",
      atServer(documentSnippet("README.md", "client-session")),
    ],
    { cwd: repositoryRoot },
  );
  expect(stdout).toBe("6 * 7 = 42\ncompleted\n");
});
