import { type Permission, permissionsOf } from "@llamaagent/auth";
import { Role } from "@llamaagent/core";
import { beforeAll, expect, it } from "vitest";
import { buildOpenApi } from "../openapi/build-openapi.ts";

interface Operation {
  operationId: string;
  "x-permission": Permission | "any credential" | "public";
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

let operations: { method: string; id: string; asked: Operation["x-permission"] }[];
beforeAll(async () => {
  const { paths } = (await buildOpenApi()) as Document; // its shape is tested elsewhere
  operations = Object.values(paths)
    .flatMap((methods) => Object.entries(methods))
    .map(([method, operation]) => ({
      method,
      id: operation.operationId,
      asked: operation["x-permission"],
    }));
});

/** Written out, so that a route that asks for the wrong permission shows. */
const ADDED = {
  // What is no GET and only reads; all that viewers may do beside GET.
  viewer: [
    "list_namespaces",
    "preview_schedule",
    "search_agents",
    "search_items",
    "search_runs",
    "search_schedules",
    "search_threads",
  ],
  operator: [
    "cancel_run",
    "cancel_runs",
    "copy_thread",
    "create_run",
    "create_run_and_stream",
    "create_run_and_wait",
    "create_runs",
    "create_thread",
    "delete_run",
    "delete_thread",
    "delete_thread_file",
    "drop_dead_letter",
    "fork_run",
    "patch_thread",
    "put_thread_file",
    "resume_run",
    "retry_run",
  ],
  developer: [
    "create_agent",
    "create_schedule",
    "delete_agent",
    "delete_item",
    "delete_schedule",
    "list_webhook_keys",
    "put_item",
    "resend_webhook_delivery",
    "rotate_webhook_keys",
    "update_agent",
    "update_schedule",
  ],
  admin: ["create_key", "get_key", "list_audit_records", "list_keys", "revoke_key", "rotate_key"],
  platform_admin: [
    "create_tenant",
    "create_tenant_key",
    "get_tenant",
    "list_platform_audit_records",
    "list_tenants",
    "update_tenant",
  ],
} as const satisfies Record<Role, readonly string[]>;

const of = (role: Role): Set<string> => {
  const granted = permissionsOf({ roles: [role], scopes: [] });
  const may = operations.filter(({ asked }) => granted.some((one) => one === asked));
  // Those of one thread are the same operations once more.
  return new Set(may.map(({ id }) => id.replace(/_of_thread$/, "")));
};

it("lets each role do what the one before may, and what is written here", () => {
  let before = new Set<string>();
  for (const role of Role.options) {
    const now = of(role);
    // Of no tenant, and so with nothing of the others.
    if (role === "platform_admin") before = new Set();
    expect([...before].filter((id) => !now.has(id))).toEqual([]);
    const isGet = (id: string) =>
      operations.some((operation) => operation.id === id && operation.method === "get");
    const added = [...now].filter((id) => !before.has(id));
    const told = role === "viewer" ? added.filter((id) => !isGet(id)) : added;
    expect(told.toSorted(), role).toEqual(ADDED[role]);
    before = now;
  }
});

it("asks for no key where there is nothing to see, and for no role to say who one is", () => {
  const asking = (what: string) =>
    operations.flatMap(({ id, asked }) => (asked === what ? id : [])).toSorted();
  expect(asking("public")).toEqual(["get_liveness", "get_openapi", "get_readiness"]);
  expect(asking("any credential")).toEqual(["create_token", "get_me"]);
});
