import { z } from "zod";

const upTo = (most: number, what: string) => z.int().min(0).max(most).describe(what);

/** Of a tenant for which nothing else was said. */
export const TENANT_LIMITS = {
  open_runs: 20_000,
  open_streams: 10_000,
  agents: 10_000,
  file_bytes: 10 * 1024 ** 3,
  body_bytes: 1024 * 1024,
};

/** What a tenant may have at one time. */
export const TenantLimits = z
  .strictObject({
    open_runs: upTo(10_000_000, "Runs that have not ended, whether they wait or are executed"),
    open_streams: upTo(1_000_000, "Streams and waits that are open, over all replicas"),
    agents: upTo(1_000_000, "Agents that are not deleted"),
    file_bytes: upTo(1_000_000_000_000_000, "Bytes of all files of its threads together"),
    body_bytes: z
      .int()
      .min(1024)
      .max(1024 * 1024)
      .describe("Bytes of one request's JSON"),
  })
  .meta({ id: "TenantLimits", examples: [TENANT_LIMITS] });
export type TenantLimits = z.infer<typeof TenantLimits>;

/** `stored`: what was said of the tenant. */
export const tenantLimits = (stored: Partial<TenantLimits>): TenantLimits => ({
  ...TENANT_LIMITS,
  ...stored,
});
