import { delimiter, join } from "node:path";
import { createClient } from "@llamaagent/client";
import { type FakeOpenAi, startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { spawnProcess } from "@llamaagent/testing/services/spawn-process";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const withoutOwnNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

describe.skipIf(process.platform === "win32")("Ctrl-C, which reaches a whole group", () => {
  it.each([
    { what: "npm start", command: "npm", args: ["start"], path: process.env["PATH"] },
    {
      what: "llamaagent under the Node of the machine",
      command: "node",
      args: [join(repositoryRoot, "apps/cli/bin/llamaagent.js"), "dev"],
      path: withoutOwnNode,
    },
  ])(
    "is passed on by those above the server, and ends it once: $what",
    { timeout: 90_000 },
    async ({ command, args, path }) => {
      const folder = await temporaryFolder("ctrl-c");
      const started = await spawnProcess(command, args, {
        cwd: repositoryRoot,
        detached: true,
        env: {
          ...process.env,
          PATH: path,
          PORT: "0",
          LLAMAAGENT_DATA_DIR: folder.path,
          LOG_LEVEL: "warn",
        },
      });
      const [, url = ""] = await started.waitFor(/ready on (http:\S+)/, { timeoutSeconds: 60 });
      // For a connection that stays open the server waits a second before it ends.
      const answer = await fetch(`${url}/health/live`);
      await answer.json();
      await started.kill("SIGINT");
      expect(await started.exited).toEqual({ code: 0, signal: null });
      expect(started.lines.filter((line) => line.startsWith("Stopping"))).toHaveLength(1);
      await folder.remove();
    },
  );
});

describe.skipIf(process.platform === "win32")("Ctrl-C while a stream is read", () => {
  let model: FakeOpenAi;
  let server: EmbeddedServer;
  beforeAll(async () => {
    model = await startFakeOpenAi({
      script: [{ chunks: ["word ", "word"], chunkDelayMs: 60_000 }],
      models: ["fake-model"],
    });
    server = await startEmbeddedServer({ OPENAI_BASE_URL: model.url });
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
  });

  const llamaagent = (...args: string[]) =>
    spawnNode(["apps/cli/src/main.ts", ...args], {
      cwd: repositoryRoot,
      env: { LLAMAAGENT_URL: server.urls[0] },
    });

  it("ends run with 130, and says how to read on", async () => {
    const run = await llamaagent("run", "slowly");
    const [, runId] = await run.waitFor(/^Run http.*\/runs\/(\S+)$/);
    await run.kill("SIGINT");
    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(run.lines.at(-1)).toBe(`The run goes on without us: llamaagent runs tail ${runId}`);
  });

  it("ends runs tail with 130", async () => {
    const client = createClient({ url: server.urls[0] ?? "" });
    const { run_id: runId } = await client.runs.create({ input: "x", after_seconds: 3_600 });
    const tail = await llamaagent("runs", "tail", runId);
    await tail.waitFor(/ run\.queued /);
    await tail.kill("SIGINT");
    expect(await tail.exited).toEqual({ code: 130, signal: null });
    expect(tail.lines).toHaveLength(1);
  });
});
