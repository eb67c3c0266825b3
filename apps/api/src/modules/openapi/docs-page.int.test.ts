import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { chromiumOptions } from "@llamaagent/testing/test-binaries/chromium-options";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { afterAll, beforeAll, expect, it } from "vitest";

const { chromium } = localBinaries();
const isRequired = process.env["REQUIRE_SERVICES"] === "1";
if (chromium === undefined && !isRequired)
  process.stdout.write("Chromium is missing (apt-get install chromium): /docs is not opened\n");

let api: TestApi;
beforeAll(async () => {
  const [embedded] = topologies;
  if (embedded === undefined) throw new Error("no topology");
  api = await embedded.start();
});
afterAll(() => api?.close());

it.runIf(chromium ?? isRequired)("a browser that obeys the policy shows every route", async () => {
  if (chromium === undefined) throw new Error("Chromium is missing: apt-get install chromium");
  await using stack = new AsyncDisposableStack();
  const profile = await temporaryFolder("chromium");
  stack.defer(() => profile.remove());
  const { stdout: page } = await promisify(execFile)(
    chromium,
    [
      ...chromiumOptions(profile.path),
      // Of the page's own clock, which stands still while it loads.
      "--virtual-time-budget=20000",
      "--dump-dom",
      `${api.url}/docs`,
    ],
    { maxBuffer: 64 * 1024 * 1024, timeout: 45_000 },
  );
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { summary: string }>>;
  };
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const shown = [...page.matchAll(/class="opblock opblock-(\w+)"[\s\S]*?data-path="([^"]+)"/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  expect(shown.toSorted()).toEqual(routes.toSorted());
});
