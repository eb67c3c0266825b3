import type { Role } from "@llamaagent/core";
import { z } from "zod";

const viewers = ["viewer", "operator", "developer", "admin"] as const;
const operators = ["operator", "developer", "admin"] as const;
const developers = ["developer", "admin"] as const;
const admins = ["admin"] as const;
const platformAdmins = ["platform_admin"] as const;

/**
 * Who may do what. Each role has what the ones before it have: a viewer reads, an operator also runs agents
 * and settles what went wrong, a developer also changes what is run, an admin also decides who may. Beside them a platform admin looks after
 * the tenants, and has nothing of what is in them.
 */
const rolesOf = {
  "agents:read": viewers,
  "catalogue:read": viewers,
  "queue:read": viewers,
  "runs:read": viewers,
  "schedules:read": viewers,
  "store:read": viewers,
  "threads:read": viewers,
  "tools:read": viewers,
  "webhooks:read": viewers,
  "queue:write": operators,
  "runs:write": operators,
  "threads:write": operators,
  "agents:write": developers,
  "schedules:write": developers,
  "store:write": developers,
  "webhooks:write": developers,
  "audit:read": admins,
  "keys:read": admins,
  "keys:write": admins,
  "platform_audit:read": platformAdmins,
  "tenants:read": platformAdmins,
  "tenants:write": platformAdmins,
} as const satisfies Record<string, readonly Role[]>;

/** What a route asks of its caller; the scopes of a key are some of them. */
export const Permission = z.enum(
  Object.keys(rolesOf) as [keyof typeof rolesOf, ...(keyof typeof rolesOf)[]],
);
export type Permission = z.infer<typeof Permission>;

export function isAllowed({ roles, scopes }: Grants, permission: Permission): boolean {
  // Scopes narrow what the roles allow, and never widen it.
  if (scopes.length > 0 && !scopes.includes(permission)) return false;
  const allowed: readonly Role[] = rolesOf[permission];
  return roles.some((role) => allowed.includes(role));
}

/** All that the roles allow within the scopes. */
export function permissionsOf(grants: Grants): Permission[] {
  return Permission.options.filter((permission) => isAllowed(grants, permission));
}

/** `scopes`: without any, all that the roles allow. */
export interface Grants {
  roles: readonly Role[];
  scopes: readonly string[];
}
