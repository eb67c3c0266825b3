import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badAgents } from "@llamaagent/testing/api/bad-inputs/agents";
import type { BadInput } from "@llamaagent/testing/api/bad-inputs/bad-input";
import { badBodies } from "@llamaagent/testing/api/bad-inputs/bodies";
import { badRequests } from "@llamaagent/testing/api/bad-inputs/requests";
import { badRuns } from "@llamaagent/testing/api/bad-inputs/runs";
import { badUploads } from "@llamaagent/testing/api/bad-inputs/uploads";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

describe.each(topologies)("bad input, $name", ({ isThere, start }) => {
  let api: TestApi;
  let threadId: string;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await sendJson(api.url, "POST", "/agents", { name: "taken", model: "test/hello" });
    const thread = await sendJson(api.url, "POST", "/threads", {});
    threadId = (thread.json as { thread_id: string }).thread_id;
  });
  afterAll(() => api?.close());

  const table: [string, BadInput[]][] = [
    ["requests", badRequests],
    ["bodies", badBodies],
    ["agents", badAgents],
    ["runs", badRuns],
    ["uploads", badUploads],
  ];
  describe.runIf(isThere).each(table)("%s", (_kind, inputs) => {
    it.each(inputs)("$name → $status $code", async (input) => {
      const path = input.path.replace("THREAD", threadId);
      const answer = await send(api.url, { ...input, path });
      const { status, code, pointer } = input;
      expect({ status: answer.status, problem: answer.json }).toMatchObject({
        status,
        problem: {
          type: `https://llamaagent.dev/errors/${code}`,
          status,
          code,
          title: expect.any(String),
          detail: expect.any(String),
          request_id: answer.headers["x-request-id"],
          ...(pointer === undefined
            ? {}
            : { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }),
        },
      });
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.text).not.toMatch(/ at .*\.ts|node_modules|SELECT|INSERT/);
    });
  });

  it.runIf(isThere)("still serves after all of it", async () => {
    expect(await send(api.url, { path: "/health/ready" })).toMatchObject({
      status: 200,
      json: { status: "ok", database: "up" },
    });
  });
});
