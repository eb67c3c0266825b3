import { within } from "@llamaagent/core";
import type { ApiDependencies } from "../../api-dependencies.ts";
import type { Readiness } from "./health.schemas.ts";

/** A probe that hangs is as bad as one that fails. */
const DATABASE_MS = 2_000;

export type Probed = Pick<ApiDependencies, "context" | "usesRedis" | "openRequests">;

export async function readiness(api: Probed): Promise<Readiness> {
  const { context, usesRedis, openRequests } = api;
  const query = context.db.system((tx) => tx.query("SELECT 1"));
  // A failure is the answer that was asked for.
  const answered = query.then(
    () => true,
    () => false,
  );
  const isUp = await within(answered, DATABASE_MS, false);
  return {
    status: isUp && !openRequests.isClosing ? "ok" : "unavailable",
    database: isUp ? "up" : "down",
    redis: usesRedis ? (context.tail.isLive() ? "up" : "down") : "not_used",
  };
}
