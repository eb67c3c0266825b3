import { expect, it } from "vitest";
import { repositoryRoot } from "../server/running-server.ts";
import { spawnNode } from "../services/spawn-node.ts";
import { type LoadedAnswer, type SeenRequest, startLoadedServer } from "./loaded-server.ts";

/** The runner as `npm run test:k6` starts it. */
async function k6(...args: string[]) {
  const process = await spawnNode(["packages/testing/src/k6/main.ts", ...args], {
    cwd: repositoryRoot,
  });
  const { code } = await process.exited;
  return { code, lines: process.lines, text: process.lines.join("\n") };
}

const at = "2026-11-29T12:00:00.000Z";
const run = { run_id: "r", stop_reason: "completed", created_at: at, ended_at: at };

/** What runs.js and spike.js ask for; a POST is answered as `posted` says. */
const server = (posted: LoadedAnswer) =>
  startLoadedServer(({ method, path }: SeenRequest) => ({
    json: path.endsWith("/wait") ? { run } : run,
    ...(method === "POST" ? posted : {}),
  }));

it("ends with 0 where all thresholds held", async () => {
  await using fake = await server({});
  const { code, text, lines } = await k6("runs", "spike", "--seconds", "1", "--url", fake.url);
  expect(text).not.toContain("✗");
  expect([lines.at(-1), code]).toEqual(["2 passed, 0 failed", 0]);
  expect(fake.seen.map(({ path }) => path)).toContain("/runs/r/wait");
});

it("ends with 99, each script, where the server answers 500", async () => {
  await using fake = await server({ status: 500 });
  const { code, text, lines } = await k6("--seconds", "1", "--url", fake.url);
  expect(text.match(/^ {4}✗ 'rate>0.99' rate=0.00%$/gm)).toHaveLength(4);
  expect(text.match(/^ {2}\w+\.js: FAILED \(exit code 99\)$/gm)).toHaveLength(4);
  expect([lines.at(-1), code]).toEqual(["0 passed, 4 failed", 99]);
});

it("ends with 99 where the server answers slowly", async () => {
  await using fake = await server({ delayMs: 1100 });
  const { code, text } = await k6("runs", "--seconds", "1", "--url", fake.url);
  expect(text).toMatch(/✗ 'p\(95\)<1000' p\(95\)=1\.\d+s/);
  expect(text).toContain("✓ 'rate>0.99' rate=100.00%");
  expect(code).toBe(99);
});

it("ends with 107, without a load, where no server is there", async () => {
  const { code, text } = await k6("stream", "--seconds", "1", "--url", "http://127.0.0.1:1");
  expect(text).toContain("setup(): Error: http://127.0.0.1:1 is not ready: 0");
  expect(code).toBe(107);
});

it("says how it is used", async () => {
  const { code, text } = await k6("--help");
  expect([code, text]).toEqual([0, expect.stringContaining("npm run test:k6 --")]);
  const wrong = await k6("--vus", "3");
  expect([wrong.code, wrong.text]).toEqual([2, expect.stringContaining("Unknown option '--vus'")]);
});
