import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentSnippet } from "./architecture/document-snippets.ts";
import {
  runTypeScriptSnippet,
  runShellSnippet,
  typeScriptArguments,
} from "./architecture/run-snippet.ts";
import { type EmbeddedServer, startEmbeddedServer } from "./server/embedded-server.ts";
import { repositoryRoot } from "./server/running-server.ts";
import { spawnProcess } from "./services/spawn-process.ts";
import { freePort } from "./services/free-port.ts";

describe("docs/guides", () => {
  let server: EmbeddedServer;
  let receiverPort: number;
  beforeAll(async () => {
    server = await startEmbeddedServer({ LLAMAAGENT_FETCH_ALLOW: "127.0.0.0/8" });
    receiverPort = await freePort();
  });
  afterAll(() => server?.close());

  /** The pages name the ports of `npm start` and of their receiver; the test's have others. */
  const here = (text: string): string =>
    text
      .replaceAll("localhost:8000", new URL(server.urls[0] ?? "").host)
      .replaceAll("9000", String(receiverPort));

  /** A page's blocks, as somebody types them one after the other. */
  const shell = (...blocks: string[]) => runShellSnippet(blocks.map(here).join("\n"));

  it("runs.md", async () => {
    const said = await shell(
      documentSnippet("docs/guides/runs.md", "runs-agent"),
      documentSnippet("docs/guides/runs.md", "runs-start"),
      documentSnippet("docs/guides/runs.md", "runs-wait"),
      documentSnippet("docs/guides/runs.md", "runs-later"),
      documentSnippet("docs/guides/runs.md", "runs-batch"),
      documentSnippet("docs/guides/runs.md", "runs-search"),
      documentSnippet("docs/guides/runs.md", "runs-cancel"),
      documentSnippet("docs/guides/runs.md", "runs-waiting"),
    );
    expect(said).toContain('"output":"6 * 7 = 42"');
    expect(said).toContain('"metadata":{"order":17}');
    expect(said).toMatch(/"items":\[\{"run":.*\},\{"error":.*"code":"not_found"/);
    expect(said).toContain('"metadata":{"batch":"a"}');
    expect(said).toContain('"has_more":false');
    expect(said).toMatch(/"has_more":false\}\[\]$/);
  });

  it("runs.md, when one failed", async () => {
    const said = await shell(
      documentSnippet("docs/guides/runs.md", "runs-fail"),
      documentSnippet("docs/guides/runs.md", "runs-dead"),
      documentSnippet("docs/guides/runs.md", "runs-retry"),
      documentSnippet("docs/guides/runs.md", "runs-drop"),
    );
    const failed = /"retry_of":"([^"]+)"/.exec(said)?.[1] ?? "";
    expect(said).toContain(`{"items":[{"run_id":"${failed}"`);
    expect(said).toContain('"step_key":"model/0"');
    // The two runs as they ended, and the list with the first of them.
    expect(said.match(/"stop_reason":"budget_exceeded"/g)).toHaveLength(3);
    expect(said).toMatch(/\{"items":\[\]\}\{"queued":\d+.*"workers":\[/);
    const script = here(documentSnippet("docs/guides/runs.md", "runs-client"));
    expect(await runTypeScriptSnippet(script)).toMatch(
      /^success 6 \* 7 = 42\nbudget_exceeded: [0-9a-f-]{36} is retried as [0-9a-f-]{36}\n$/,
    );
  });

  it("threads.md", async () => {
    const said = await shell(
      documentSnippet("docs/guides/threads.md", "threads-start"),
      documentSnippet("docs/guides/threads.md", "threads-interrupt"),
      documentSnippet("docs/guides/threads.md", "threads-history"),
      documentSnippet("docs/guides/threads.md", "threads-fork"),
      documentSnippet("docs/guides/threads.md", "threads-rest"),
    );
    for (const answer of ["6 * 7 = 42", "7 * 7 = 49", "8 * 8 = 64"]) expect(said).toContain(answer);
    expect(said).toContain('"parent_checkpoint"');
    expect(said).toContain('"values":{"mood":"curious"}');
    const copies = said.match(/"content":"By the way, I like primes\."/g) ?? [];
    expect(copies.length).toBeGreaterThanOrEqual(2);
  });

  it("streaming.md", async () => {
    const said = await shell(
      documentSnippet("docs/guides/streaming.md", "streaming-post"),
      documentSnippet("docs/guides/streaming.md", "streaming-resume"),
    );
    expect(said).toContain("event: run.queued");
    expect(said).toContain("6 * 7 = 42");
    expect(said.match(/event: run\.completed/g)).toHaveLength(3);
    const script = here(documentSnippet("docs/guides/streaming.md", "streaming-client"));
    expect(await runTypeScriptSnippet(script)).toBe("8 * 8 = 64\n");
    const socket = here(documentSnippet("docs/guides/streaming.md", "streaming-socket"));
    expect(await runTypeScriptSnippet(socket)).toBe("9 * 9 = 81\nended\n");
  });

  it("webhooks.md", async () => {
    const keys = await shell(documentSnippet("docs/guides/webhooks.md", "webhooks-keys"));
    const secret = /"secret":"([^"]+)"/.exec(keys)?.[1];
    const receiver = await spawnProcess(
      process.execPath,
      typeScriptArguments(here(documentSnippet("docs/guides/webhooks.md", "webhooks-receiver"))),
      { cwd: repositoryRoot, env: { ...process.env, SECRET: secret } },
    );
    await receiver.waitFor(/listening/);
    await shell(documentSnippet("docs/guides/webhooks.md", "webhooks-run"));
    await receiver.waitFor(/run\.completed \S+ 6 \* 7 = 42/, { timeoutSeconds: 20 });
    // What the receiver has said is logged once its answer has arrived.
    await expect
      .poll(() => shell(`curl -s "localhost:8000/webhooks/deliveries"`), { timeout: 10_000 })
      .toContain('"delivery_id"');
    const sent = await shell(documentSnippet("docs/guides/webhooks.md", "webhooks-deliveries"));
    expect(sent).toMatch(/"event_type":"run\.completed".*"status_code":204/);
    expect(sent).toMatch(/\n204\n$/);
    await receiver.kill();
  });

  it("schedules.md", async () => {
    const said = await shell(
      documentSnippet("docs/guides/schedules.md", "schedules-create"),
      documentSnippet("docs/guides/schedules.md", "schedules-preview"),
      documentSnippet("docs/guides/schedules.md", "schedules-change"),
      documentSnippet("docs/guides/schedules.md", "schedules-delete"),
    );
    expect(said).toContain('"name":"morning report"');
    expect(said).toMatch(/"next_firings":\["/);
    expect(said).toMatch(/"outcome":"started"/);
  });
});
