import { beforeAll, describe, expect, it } from "vitest";
import { buildOpenApi } from "./build-openapi.ts";

interface Operation {
  summary: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { required?: boolean; content: Record<string, unknown> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

let document: Document;
let text: string;
beforeAll(async () => {
  document = (await buildOpenApi()) as Document; // its shape is what is tested
  text = JSON.stringify(document);
});

describe("buildOpenApi", () => {
  it("is OpenAPI 3.1 with the routes of this server", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toEqual([
      "/agents",
      "/agents/{agent_id}",
      "/agents/{agent_id}/versions",
      "/agents/search",
      "/agents/{agent_id}/schemas",
      "/runs",
      "/runs/wait",
      "/runs/{run_id}",
      "/runs/{run_id}/wait",
      "/runs/{run_id}/steps",
      "/runs/{run_id}/cancel",
      "/runs/{run_id}/resume",
      "/runs/stream",
      "/runs/{run_id}/stream",
      "/runs/{run_id}/fork",
      "/runs/batch",
      "/runs/search",
      "/runs/cancel",
      "/runs/{run_id}/retry",
      "/queue/stats",
      "/queue/dead",
      "/queue/dead/{run_id}",
      "/threads",
      "/threads/{thread_id}",
      "/threads/search",
      "/threads/{thread_id}/history",
      "/threads/{thread_id}/state",
      "/threads/{thread_id}/copy",
      "/threads/{thread_id}/runs",
      "/threads/{thread_id}/runs/wait",
      "/threads/{thread_id}/runs/{run_id}",
      "/threads/{thread_id}/runs/{run_id}/wait",
      "/threads/{thread_id}/runs/{run_id}/steps",
      "/threads/{thread_id}/runs/{run_id}/cancel",
      "/threads/{thread_id}/runs/{run_id}/resume",
      "/threads/{thread_id}/runs/stream",
      "/threads/{thread_id}/runs/{run_id}/stream",
      "/threads/{thread_id}/runs/{run_id}/retry",
      "/threads/{thread_id}/runs/{run_id}/fork",
      "/threads/{thread_id}/files",
      "/threads/{thread_id}/files/{path}",
      "/store/items",
      "/store/items/search",
      "/store/namespaces",
      "/schedules",
      "/schedules/search",
      "/schedules/preview",
      "/schedules/{schedule_id}",
      "/schedules/{schedule_id}/firings",
      "/tools",
      "/tools/{name}",
      "/webhooks/deliveries",
      "/webhooks/deliveries/{delivery_id}/resend",
      "/webhooks/keys",
      "/keys",
      "/keys/{key_id}",
      "/keys/{key_id}/rotate",
      "/me",
      "/auth/token",
      "/tenants",
      "/tenants/{tenant_id}",
      "/tenants/{tenant_id}/keys",
      "/audit",
      "/platform/audit",
      "/models",
      "/strategies",
      "/info",
      "/health/live",
      "/health/ready",
      "/openapi.json",
    ]);
  });

  it("names its schemas, each used, none missing", () => {
    const names = Object.keys(document.components.schemas);
    expect(names).toEqual(
      expect.arrayContaining([
        "Agent",
        "AgentCreate",
        "Problem",
        "Run",
        "RunCreate",
        "RunResume",
        "Thread",
      ]),
    );
    expect(names.filter((name) => name.endsWith("Input"))).toEqual([]);
    const referred = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name ?? "",
    );
    expect([...new Set(referred)].toSorted()).toEqual(names.toSorted());
  });

  it("gives every operation its success and its problems, each with a description", () => {
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(operations)) {
        const where = `${method} ${path}`;
        const statuses = Object.keys(operation.responses);
        expect(
          statuses.filter((status) => status.startsWith("2")),
          where,
        ).not.toEqual([]);
        expect(statuses, where).toEqual(
          expect.arrayContaining(["400", "401", "408", "422", "431", "500", "503"]),
        );
        for (const [status, { description, content }] of Object.entries(operation.responses)) {
          expect(description, where).not.toMatch(/^(Default Response)?$/);
          if (Number(status) >= 400 && path !== "/health/ready")
            expect(Object.keys(content ?? {}), where).toEqual(["application/problem+json"]);
        }
      }
  });

  it("says of a body that may be left out that it may", () => {
    const optional = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.values(operations).flatMap(({ requestBody: body }) =>
        body?.required === false ? [path] : [],
      ),
    );
    expect(optional).toEqual([
      "/runs/{run_id}/fork",
      "/runs/{run_id}/retry",
      "/threads/{thread_id}/runs/{run_id}/retry",
      "/threads/{thread_id}/runs/{run_id}/fork",
      "/keys/{key_id}/rotate",
      "/auth/token",
    ]);
  });

  it("names every parameter of a path", () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").toSorted();
      for (const operation of Object.values(operations)) {
        const given = (operation.parameters ?? []).filter((one) => one.in === "path");
        expect(given.map(({ name }) => name).toSorted(), path).toEqual(wanted);
      }
    }
  });

  it("describes the stream and uploads as what they are", () => {
    expect(
      Object.keys(document.paths["/runs/stream"]?.["post"]?.responses["200"]?.content ?? {}),
    ).toEqual(["text/event-stream"]);
    const put = document.paths["/threads/{thread_id}/files/{path}"]?.["put"];
    expect(put?.requestBody?.content).toEqual({
      "application/octet-stream": {
        schema: { type: "string", format: "binary" },
        example: "Caching is on.",
      },
    });
  });

  it("is the same every time", async () => {
    expect(JSON.stringify(await buildOpenApi())).toBe(text);
  });
});
