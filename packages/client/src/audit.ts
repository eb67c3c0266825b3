import type { CallOptions } from "./call-options.ts";
import type { AuditRecordList } from "./generated/types.ts";
import { sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

export interface AuditOptions extends CallOptions {
  action?: string | undefined;
  subject?: string | undefined;
  outcome?: "done" | "refused" | undefined;
  /** ISO 8601. */
  since?: string | undefined;
  /** ISO 8601; not at it. */
  until?: string | undefined;
  /** The newest first if left out; `asc`: as a chain is verified. */
  order?: "asc" | "desc" | undefined;
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

/** Who did what, and who was refused: records that are chained by their hashes. */
export interface AuditClient {
  /** One page of the tenant's; for its admins. */
  list: (options?: AuditOptions) => Promise<AuditRecordList>;
  /** One page of the platform's: what was done to tenants, and the refused of whom no tenant is known. */
  platform: (options?: AuditOptions) => Promise<AuditRecordList>;
}

export function auditClient(runtime: Runtime): AuditClient {
  const page =
    (path: string) =>
    ({ signal, ...parameters }: AuditOptions = {}): Promise<AuditRecordList> =>
      sendRepeatable(runtime, { method: "GET", path: `${path}${query(parameters)}`, signal });
  return { list: page("/audit"), platform: page("/platform/audit") };
}
