import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badAgents } from "@llamaagent/testing/api/bad-inputs/agents";
import type { BadInput } from "@llamaagent/testing/api/bad-inputs/bad-input";
import { badBodies } from "@llamaagent/testing/api/bad-inputs/bodies";
import { badEncodings } from "@llamaagent/testing/api/bad-inputs/encodings";
import { badQueue } from "@llamaagent/testing/api/bad-inputs/queue";
import { badCatalogue } from "@llamaagent/testing/api/bad-inputs/catalogue";
import { badRequests } from "@llamaagent/testing/api/bad-inputs/requests";
import { badRunCollections } from "@llamaagent/testing/api/bad-inputs/run-collections";
import { badRuns } from "@llamaagent/testing/api/bad-inputs/runs";
import { badThreads } from "@llamaagent/testing/api/bad-inputs/threads";
import { badStore } from "@llamaagent/testing/api/bad-inputs/store";
import { badSchedules } from "@llamaagent/testing/api/bad-inputs/schedules";
import { badUploads } from "@llamaagent/testing/api/bad-inputs/uploads";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { askedOperation } from "@llamaagent/testing/openapi/asked-operation";
import { readOwnOperations } from "@llamaagent/testing/openapi/own-operations";

const { operations, headers } = await readOwnOperations();

describe.each(topologies)("bad input, $name", ({ isThere, start }) => {
  let api: TestApi;
  let threadId: string;
  let scheduleId: string;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await sendJson(api.url, "POST", "/agents", { name: "taken", model: "test/hello" });
    const thread = await sendJson(api.url, "POST", "/threads", {});
    threadId = (thread.json as { thread_id: string }).thread_id;
    const schedule = await sendJson(api.url, "POST", "/schedules", {
      cron: "0 0 1 1 *",
      run: { agent_id: "taken" },
    });
    scheduleId = (schedule.json as { schedule_id: string }).schedule_id;
  });
  afterAll(() => api?.close());

  const table: [string, BadInput[]][] = [
    ["requests", badRequests],
    ["bodies", badBodies],
    ["encodings", badEncodings],
    ["agents", badAgents],
    ["catalogue", badCatalogue],
    ["runs", badRuns],
    ["many runs", badRunCollections],
    ["threads", badThreads],
    ["store", badStore],
    ["queue", badQueue],
    ["uploads", badUploads],
    ["schedules", badSchedules],
  ];
  describe.runIf(isThere).each(table)("%s", (_kind, inputs) => {
    it.each(inputs)("$name → $status $code", async (input) => {
      const path = input.path.replace("THREAD", threadId).replace("SCHEDULE", scheduleId);
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
      const operation = askedOperation(operations, { ...input, path });
      if (operation) {
        const sent = Object.keys(headers).filter((name) => name in answer.headers);
        const described = operation.responses[answer.status];
        expect(described, `${answer.status} is not documented`).toBeDefined();
        expect(Object.keys(described?.headers ?? {})).toEqual(expect.arrayContaining(sent));
      } else expect([404, 405]).toContain(answer.status);
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
