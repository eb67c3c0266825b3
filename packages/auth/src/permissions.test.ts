import { Role } from "@llamaagent/core";
import { expect, it } from "vitest";
import { isAllowed, Permission, permissionsOf } from "./permissions.ts";

const OfTenant = Role.exclude(["platform_admin"]);
const ofRole = (role: Role): string[] => permissionsOf({ roles: [role], scopes: [] });

it("gives each role what the ones before it have, and more", () => {
  const steps = OfTenant.options.map(ofRole);
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1] ?? [];
    expect(step).toEqual(expect.arrayContaining(before));
    expect(step.length).toBeGreaterThan(before.length);
  }
  const ofPlatform = Permission.options.filter((permission) =>
    /^(platform_audit|tenants):/.test(permission),
  );
  expect([...ofRole("admin"), ...ofPlatform]).toEqual(Permission.options);
});

it("lets a viewer change nothing, and nobody but an admin decide on keys or read who did what", () => {
  expect(ofRole("viewer").filter((permission) => !permission.endsWith(":read"))).toEqual([]);
  for (const role of ["viewer", "operator", "developer"] as const)
    expect(ofRole(role).filter((permission) => /^(audit|keys):/.test(permission))).toEqual([]);
});

it("lets a platform admin look after tenants, and see nothing of what is in them", () => {
  expect(ofRole("platform_admin")).toEqual([
    "platform_audit:read",
    "tenants:read",
    "tenants:write",
  ]);
});

it("narrows by scopes, and never widens", () => {
  const scopes = ["runs:read", "keys:write"];
  expect(permissionsOf({ roles: ["operator"], scopes })).toEqual(["runs:read"]);
  expect(isAllowed({ roles: ["admin"], scopes }, "runs:write")).toBe(false);
  expect(permissionsOf({ roles: [], scopes })).toEqual([]);
});
