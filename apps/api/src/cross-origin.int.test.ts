import { sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { createTestPage, type TestPage } from "@llamaagent/testing/browser/test-page";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const { chromium } = localBinaries();
const isRequired = process.env["REQUIRE_SERVICES"] === "1";
if (chromium === undefined && !isRequired)
  process.stdout.write("Chromium is missing (apt-get install chromium): CORS is not tried in it\n");

const admin = { "x-api-key": KNOWN_KEY };

/** What comes before any route is the same on both topologies. */
const [embedded] = topologies;

describe.runIf(chromium ?? isRequired)("pages of other origins, in a browser", () => {
  let listed: TestPage;
  let unlisted: TestPage;
  let api: TestApi;
  beforeAll(async () => {
    [listed, unlisted] = [await createTestPage(), await createTestPage()];
    if (embedded === undefined) throw new Error("no topology");
    api = await embedded.start({
      asksForKeys: true,
      corsOrigins: [listed.origin],
      // Two keys at once, and none for the next seconds.
      environment: { LLAMAAGENT_RATE_LIMIT_KEYS: "1" },
    });
    await api.startWorker();
    await sendJson(api.url, "POST", "/agents", { name: "hello", model: "test/hello" }, admin);
    const slow = { name: "slow", model: "test/slow" };
    await sendJson(api.url, "POST", "/agents", slow, admin);
  });
  afterAll(async () => {
    await api?.close();
    await listed?.close();
    await unlisted?.close();
  });

  async function visit(page: TestPage, topic: string): Promise<unknown> {
    if (chromium === undefined) throw new Error("Chromium is missing: apt-get install chromium");
    const body = { agent_id: "slow", input: "Hi" };
    const { json } = await sendJson(api.url, "POST", "/runs", body, admin);
    const { run_id: slowRun } = json as { run_id: string };
    const thread = await sendJson(api.url, "POST", "/threads", {}, admin);
    const { thread_id: threadId } = thread.json as { thread_id: string };
    return page.run(chromium, inPage, { url: api.url, key: KNOWN_KEY, topic, slowRun, threadId });
  }
  const threadsOf = async (topic: string): Promise<unknown> =>
    (await sendJson(api.url, "POST", "/threads/search", { metadata: { topic } }, admin)).json;

  it("that are listed read all that is answered: errors, files and streams too", async () => {
    expect(await visit(listed, "listed")).toEqual({
      me: [200, { ratelimit: true, "x-request-id": true }],
      bearer: [200, {}],
      made: [200, { location: true }],
      stored: [201, {}],
      downloaded: [200, { etag: true, "content-disposition": true }],
      deleted: [204, {}],
      streamed: [200, { "content-location": true }, true],
      nobody: [401, { "www-authenticate": true }],
      viewer: [403, {}],
      unknown: [404, {}],
      "another method": [405, { allow: true }],
      "too large": [413, {}],
      "another type": [415, {}],
      "too many": [429, { "retry-after": true, ratelimit: true }],
      "no path": [400, {}],
      socket: "open",
    });
    expect(await threadsOf("listed")).toHaveLength(1);
  });

  it("that are not listed read nothing, and change nothing", async () => {
    const nothing = "TypeError";
    expect(await visit(unlisted, "unlisted")).toEqual({
      me: nothing,
      bearer: nothing,
      made: nothing,
      stored: nothing,
      downloaded: nothing,
      deleted: nothing,
      streamed: nothing,
      nobody: nothing,
      viewer: nothing,
      unknown: nothing,
      "another method": nothing,
      "too large": nothing,
      "another type": nothing,
      "too many": nothing,
      "no path": nothing,
      socket: "closed",
    });
    expect(await threadsOf("unlisted")).toEqual([]);
  });
});

interface Given {
  url: string;
  key: string;
  topic: string;
  slowRun: string;
  threadId: string;
}

/** Runs in the page: nothing but its input is there. By what was asked: the status, whether headers can be read. */
async function inPage({ url, key, topic, slowRun, threadId }: Given): Promise<unknown> {
  const withKey = { "x-api-key": key };
  const json = { ...withKey, "content-type": "application/json" };
  async function ask(
    path: string,
    init: RequestInit = {},
    { headers = [], holds }: { headers?: string[]; holds?: string } = {},
  ): Promise<unknown> {
    try {
      const answer = await fetch(`${url}${path}`, init);
      const text = await answer.text();
      const read = Object.fromEntries(headers.map((name) => [name, answer.headers.has(name)]));
      return [answer.status, read, ...(holds === undefined ? [] : [text.includes(holds)])];
    } catch (error) {
      return (error as Error).name;
    }
  }
  const post = (path: string, body: object, headers: Record<string, string> = json) =>
    ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  const socket = () =>
    new Promise((resolve) => {
      const protocol = `llamaagent.key.${btoa(key).replaceAll("=", "")}`;
      const address = `${url.replace("http", "ws")}/runs/${slowRun}/stream`;
      const opened = new WebSocket(address, ["llamaagent.events", protocol]);
      opened.onopen = () => resolve("open");
      opened.onclose = () => resolve("closed");
    });
  const file = `/threads/${threadId}/files/a.txt`;
  const aKey = async (): Promise<string> => {
    const body = JSON.stringify({ name: "k", roles: ["viewer"] });
    const made = await fetch(`${url}/keys`, { method: "POST", headers: json, body });
    return ((await made.json()) as { key: string }).key;
  };
  const viewer = await aKey().catch(() => "");
  await aKey().catch(() => "");
  // At once: in five seconds there may be another.
  const tooMany = await ask(
    "/keys",
    { method: "POST", headers: json, body: JSON.stringify({ name: "k", roles: ["viewer"] }) },
    { headers: ["retry-after", "ratelimit"] },
  );

  return {
    me: await ask("/me", { headers: withKey }, { headers: ["ratelimit", "x-request-id"] }),
    bearer: await ask("/me", { headers: { authorization: `Bearer ${key}` } }),
    made: await ask(
      "/threads",
      {
        method: "POST",
        headers: { ...json, "x-request-id": "page-1" },
        body: JSON.stringify({ metadata: { topic } }),
      },
      { headers: ["location"] },
    ),
    stored: await ask(file, { method: "PUT", headers: withKey, body: "bytes" }),
    downloaded: await ask(file, { headers: withKey }, { headers: ["etag", "content-disposition"] }),
    deleted: await ask(file, { method: "DELETE", headers: withKey }),
    streamed: await ask(
      "/runs/stream",
      {
        method: "POST",
        headers: { ...json, "idempotency-key": topic },
        body: JSON.stringify({ agent_id: "hello", input: "Hi" }),
      },
      { headers: ["content-location"], holds: "event: run.completed" },
    ),
    nobody: await ask("/me", {}, { headers: ["www-authenticate"] }),
    viewer: await post("/runs", {}, { "x-api-key": viewer, "content-type": "application/json" }),
    unknown: await ask("/runs/01900000-0000-7000-8000-000000000000", { headers: withKey }),
    "another method": await ask(
      "/runs/wait",
      { method: "PUT", headers: withKey },
      { headers: ["allow"] },
    ),
    "too large": await post("/threads", { metadata: { topic, a: "a".repeat(2 ** 21) } }),
    "another type": await ask("/threads", { method: "POST", headers: withKey, body: "{}" }),
    "too many": tooMany,
    "no path": await ask("/%zz", { headers: withKey }),
    socket: await socket(),
  };
}
