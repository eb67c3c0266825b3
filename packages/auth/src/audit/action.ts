import { z } from "zod";
import type { Permission } from "../permissions.ts";

/** What the audit log tells of: acts, and `access` to anything else that was refused. */
export const Action = z.enum([
  "access",
  "agents.create",
  "agents.update",
  "agents.delete",
  "keys.bootstrap",
  "keys.create",
  "keys.rotate",
  "keys.revoke",
  "schedules.create",
  "schedules.update",
  "schedules.delete",
  "tenants.create",
  "tenants.update",
  "tenants.create_key",
  "webhooks.read_keys",
  "webhooks.rotate_keys",
  "webhooks.resend",
]);
export type Action = z.infer<typeof Action>;

/**
 * Under these nothing is done without a record: what decides who may do what, and what is run. Data (`store`,
 * `threads`), runs and what operators settle are not an admin's acts, and too many.
 */
const ACTED_UNDER: readonly unknown[] = [
  "agents:write",
  "keys:write",
  "schedules:write",
  "tenants:write",
  "webhooks:write",
] satisfies Permission[];

export function isActedUnder(permission: unknown): boolean {
  return ACTED_UNDER.includes(permission);
}
