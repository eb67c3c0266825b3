import type { Permission } from "../permissions.ts";

/** What a request is about, as far as limits go. */
export interface RequestClass {
  name: "reads" | "changes" | "runs" | "keys";
  /** Units. */
  cost: number;
}

const reads: RequestClass = { name: "reads", cost: 1 };
const changes: RequestClass = { name: "changes", cost: 2 };
const runs: RequestClass = { name: "runs", cost: 5 };
const keys: RequestClass = { name: "keys", cost: 5 };

/** No bucket holds less: a request would never be let through. */
export const COST_MAX = Math.max(...[reads, changes, runs, keys].map(({ cost }) => cost));

/** What mints credentials: keys, tenants with their first key, tokens. */
const MINTING: readonly unknown[] = ["keys:write", "tenants:write", "any credential"];

/** `permission`: what its route asks for; undefined where there is no such route. */
export function classOf({
  permission: asked,
  startsRuns,
  method,
}: {
  permission?: Permission | "any credential" | undefined;
  startsRuns?: boolean | undefined;
  method: string;
}): RequestClass {
  if (startsRuns) return runs;
  const isReading = asked === undefined || asked.endsWith(":read") || /^(GET|HEAD)$/.test(method);
  if (isReading) return reads;
  // What takes a key back, or suspends a tenant, must go through when others mint too much.
  return method === "POST" && MINTING.includes(asked) ? keys : changes;
}
