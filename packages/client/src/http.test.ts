import { describe, expect, it } from "vitest";
import { agentsClient } from "./agents.ts";
import { createClient } from "./create-client.ts";
import type { RunsCancel } from "./generated/types.ts";
import { LlamaAgentError } from "./llama-agent-error.ts";
import { runsClient } from "./runs.ts";
import { answer, type Answer, lost, scriptedServer } from "./test/scripted-server.ts";
import { threadsClient } from "./threads.ts";
import { waitForRun } from "./wait-run.ts";

const OK = answer(200, { run_id: "r" });
const BUSY = answer(503, { code: "service_unavailable", detail: "full" }, { "retry-after": "7" });

async function outcome(script: readonly Answer[], call: "get" | "create" | "resume") {
  const server = scriptedServer(script);
  const runs = runsClient(server.runtime);
  const calls = {
    get: () => runs.get("r"),
    create: () => runs.create({ input: "hi" }),
    resume: () => runs.resume("r", { step_key: "s", outcome: "done" }),
  };
  const result: unknown = await calls[call]().catch((error: unknown) => error);
  return { ...server, result };
}

describe("requests", () => {
  it.each(["get", "create"] as const)("sends %s again after a loss", async (call) => {
    const { result, requests, sleptMs } = await outcome([lost, lost, OK], call);
    expect(result).toEqual({ run_id: "r" });
    expect(requests).toHaveLength(3);
    expect(sleptMs).toEqual([150, 300]);
  });

  it("repeats a create under one key", async () => {
    const { requests } = await outcome([lost, OK], "create");
    expect(requests.map((r) => r.headers.get("idempotency-key"))).toEqual(["key-1", "key-1"]);
  });

  it("says of a repeat that it is one", async () => {
    const { requests } = await outcome([lost, BUSY, OK], "create");
    expect(requests.map((r) => r.headers.get("retry-attempt"))).toEqual([null, "1", "2"]);
  });

  it.each([
    { which: { run_ids: ["r"] }, sent: 2 },
    { which: { status: "pending" }, sent: 1 },
    // As JavaScript may give it.
    { which: { run_ids: undefined, status: "pending" }, sent: 1 },
  ])("repeats a cancellation of named runs only: $which", async ({ which, sent }) => {
    const { runtime, requests } = scriptedServer([lost, answer(200, { items: [] })]);
    await runsClient(runtime)
      .cancelMany(which as RunsCancel)
      .catch(() => undefined);
    expect(requests).toHaveLength(sent);
  });

  it("never repeats what is not known to be safe", async () => {
    const { result, requests } = await outcome([lost, OK], "resume");
    expect(result).toMatchObject({ code: "connection_failed", status: undefined });
    expect(requests).toHaveLength(1);
  });

  it("cancels again after a loss, waits where it is asked to, and rolls back once", async () => {
    const { runtime, requests } = scriptedServer([lost, answer(204, undefined), OK, lost]);
    const runs = runsClient(runtime);
    await runs.cancel("r", { wait: true });
    await expect(runs.cancel("r", { action: "rollback", wait: true })).rejects.toThrow("no answer");
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /runs/r/cancel",
      "POST /runs/r/cancel",
      "GET /runs/r/wait",
      "POST /runs/r/cancel?action=rollback",
    ]);
  });

  it("waits as long as the server asks", async () => {
    const { result, sleptMs } = await outcome([BUSY, OK], "get");
    expect(result).toEqual({ run_id: "r" });
    expect(sleptMs).toEqual([7000]);
  });

  it("shows the error at once where the server asks for more than a minute", async () => {
    const slow = answer(429, { code: "rate_limited", detail: "later" }, { "retry-after": "3600" });
    const { result, requests } = await outcome([slow, OK], "get");
    expect(result).toMatchObject({ code: "rate_limited", retryAfterSeconds: 3600 });
    expect(requests).toHaveLength(1);
  });

  it("stops after the given number of attempts", async () => {
    const { result, requests } = await outcome([BUSY], "get");
    expect(result).toMatchObject({ code: "service_unavailable", status: 503 });
    expect(requests).toHaveLength(3);
  });

  it("carries the problem of the answer", async () => {
    const { result } = await outcome(
      [
        answer(422, {
          code: "invalid_request",
          detail: "no",
          errors: [{ pointer: "/input", message: "required" }],
          request_id: "req-1",
        }),
      ],
      "create",
    );
    expect(result).toBeInstanceOf(LlamaAgentError);
    expect(result).toMatchObject({
      code: "invalid_request",
      status: 422,
      detail: "no",
      message: "no; /input required",
      errors: [{ pointer: "/input", message: "required" }],
      requestId: "req-1",
    });
  });

  it("names the status of an answer that is no problem document", async () => {
    const page: Answer = () => new Response("<html>", { status: 418, statusText: "I'm a teapot" });
    expect((await outcome([page], "get")).result).toMatchObject({
      code: "http_418",
      detail: "the server answered 418 I'm a teapot",
    });
  });

  it("says so when a 2xx answer is not JSON", async () => {
    const page: Answer = () => new Response("<html>", { status: 200 });
    expect((await outcome([page], "get")).result).toMatchObject({ code: "invalid_answer" });
  });

  it("throws the caller's reason on abort and does not try again", async () => {
    const { runtime, requests } = scriptedServer([lost]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(runsClient(runtime).get("r", { signal })).rejects.toThrow("enough");
    expect(requests.length).toBeLessThanOrEqual(1);
  });

  it("encodes ids and file paths, and sends files as they are", async () => {
    const { runtime, requests } = scriptedServer([OK]);
    await agentsClient(runtime).get("a/b");
    await threadsClient(runtime).files.put("t", "docs/ä b?.md", "text", {
      mediaType: "text/markdown",
    });
    expect(requests.map((r) => r.path)).toEqual([
      "/agents/a%2Fb",
      "/threads/t/files/docs/%C3%A4%20b%3F.md",
    ]);
    expect(requests[1]?.body).toBe("text");
    expect(requests[1]?.headers.get("content-type")).toBe("text/markdown");
  });
});

describe("waitForRun", () => {
  it("starts a run under the key that was given", async () => {
    const { runtime, requests } = scriptedServer([lost, OK]);
    await waitForRun(runtime, { input: "hi" }, { idempotencyKey: "mine" });
    expect(requests.map((r) => r.headers.get("idempotency-key"))).toEqual(["mine", "mine"]);
  });

  it("joins the run that it started when the connection is cut", async () => {
    const { runtime, requests } = scriptedServer([lost, answer(200, { run: { run_id: "r" } })]);
    expect(await waitForRun(runtime, { input: "hi" })).toEqual({ run: { run_id: "r" } });
    expect(requests.map((r) => [r.path, r.headers.get("idempotency-key")])).toEqual([
      ["/runs/wait", "key-1"],
      ["/runs/wait", "key-1"],
    ]);
  });

  it("goes on for as long as connections are held before they are cut", async () => {
    let cuts = 0;
    const server = scriptedServer([
      () => {
        if (++cuts > 50) return new Response('{"run":{"run_id":"r"}}');
        void server.runtime.sleep(60_000, undefined); // a proxy's limit
        return lost();
      },
    ]);
    expect(await waitForRun(server.runtime, "r")).toEqual({ run: { run_id: "r" } });
    expect(server.requests.every((r) => r.path === "/runs/r/wait")).toBe(true);
  });
});

describe("createClient", () => {
  it("keeps the URL's path and sends the key as a bearer token", async () => {
    const seen: Request[] = [];
    const client = createClient({
      url: "http://host:1/prefix/",
      apiKey: "la_1",
      fetch: async (input, init) => {
        seen.push(new Request(input, init));
        return new Response("{}");
      },
    });
    await client.tools.list();
    expect(seen[0]?.url).toBe("http://host:1/prefix/tools");
    expect(seen[0]?.headers.get("authorization")).toBe("Bearer la_1");
  });

  it("refuses a URL that is not http", () => {
    // The last is what JavaScript gives that forgets it.
    for (const url of ["ftp://host", "localhost:8000", "", undefined as unknown as string])
      expect(() => createClient({ url }), url).toThrow("must begin with http://");
  });
});
