import { asksForKeys } from "@llamaagent/api";
import { hasAdminKey } from "@llamaagent/auth";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { type CheckResult, ok, warn } from "./check.ts";

/** Where the API asks for keys: whether there is one with which others can be made. */
export async function checkKeys(
  database: Database,
  settings: Parameters<typeof asksForKeys>[0],
): Promise<CheckResult> {
  if (!asksForKeys(settings)) return ok("keys", "none is asked for: only this machine is served");
  return (await hasAdminKey(database, DEFAULT_TENANT_ID))
    ? ok("keys", "asked for, and an admin key holds")
    : warn(
        "keys",
        "none holds that may make all others, and tenants",
        "run: npx llamaagent keys bootstrap",
      );
}
