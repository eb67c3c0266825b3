import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { createLossyProxy } from "@llamaagent/testing/services/lossy-proxy";
import { spawnProcess } from "@llamaagent/testing/services/spawn-process";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { chromiumOptions } from "@llamaagent/testing/test-binaries/chromium-options";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { clientScenario } from "./client-scenario.ts";
import { createPackedConsumer, type PackedConsumer, userEnvironment } from "./packed-consumer.ts";
import { createPackedPage } from "./packed-page.ts";

const { node20, chromium } = localBinaries();
const isRequired = process.env["REQUIRE_SERVICES"] === "1";
for (const [name, found, howToGet] of [
  ["Node 20", node20, "npm run services -- fetch node20"],
  ["Chromium", chromium, "apt-get install chromium"],
])
  if (found === undefined && !isRequired)
    process.stdout.write(`${name} is missing (${howToGet}): the client is not tested in it\n`);

const expected: Awaited<ReturnType<typeof clientScenario>> = {
  waitedFor: "Hello",
  streamed: "Hello",
  ended: "run.completed",
  reconnects: 1,
  isWhole: true,
  aborted: "AbortError",
  cancelled: "cancelled",
  timedOut: "TimeoutError",
  refused: { code: "invalid_request", status: 422, pointers: ["/tools/0"] },
};
/** In the middle of the second event. */
const CUT_AFTER_BYTES = 150;

let consumer: PackedConsumer;
let api: TestApi;

beforeAll(async () => {
  consumer = await createPackedConsumer(["client"]);
  const source = await readFile(join(import.meta.dirname, "client-scenario.ts"), "utf8");
  await writeFile(join(consumer.folder, "scenario.js"), stripTypeScriptTypes(source));
  const [embedded] = topologies;
  if (embedded === undefined) throw new Error("no topology");
  api = await embedded.start();
  await api.startWorker();
});
afterAll(async () => {
  await api?.close();
  await consumer?.remove();
});

it.runIf(node20 ?? isRequired)("the packed client works in Node 20", async () => {
  if (node20 === undefined) throw new Error("Node 20 is missing: npm run services -- fetch node20");
  const proxy = await createLossyProxy(api.url);
  proxy.loseNext("/runs/stream", { afterBytes: CUT_AFTER_BYTES });
  const script = `import { clientScenario } from "./scenario.js";
    const result = await clientScenario(process.argv[2]);
    console.log(JSON.stringify({ version: process.version, result }));`;
  await writeFile(join(consumer.folder, "node.js"), script);
  const { stdout } = await promisify(execFile)(node20, ["node.js", proxy.url], {
    cwd: consumer.folder,
    env: userEnvironment,
  });
  await proxy.close();
  const { version, result } = JSON.parse(stdout) as { version: string; result: unknown };
  expect(version).toMatch(/^v20\./);
  expect(result).toEqual(expected);
});

it.runIf(chromium ?? isRequired)("the packed client works in a page in Chromium", async () => {
  if (chromium === undefined) throw new Error("Chromium is missing: apt-get install chromium");
  await using stack = new AsyncDisposableStack();
  const page = createPackedPage(consumer.folder);
  // The API answers pages of its own origin only: one server has both.
  const proxy = await createLossyProxy(api.url, page.serve);
  stack.defer(() => proxy.close());
  proxy.loseNext("/runs/stream", { afterBytes: CUT_AFTER_BYTES });
  const profile = await temporaryFolder("chromium");
  stack.defer(() => profile.remove());
  const browser = await spawnProcess(
    chromium,
    [...chromiumOptions(profile.path), `${proxy.url}${page.path}`],
    { detached: true },
  );
  stack.defer(() => browser.kill());
  const died = browser.exited.then(() => {
    throw new Error(`Chromium ended\n${browser.lines.join("\n")}`);
  });
  expect(await Promise.race([page.report, died])).toEqual(expected);
  const agents = proxy.requests.map(({ headers }) => headers["user-agent"]);
  expect(new Set(agents)).toEqual(new Set([expect.stringContaining("Chrome/")]));
});
