import { tlsSettings } from "@llamaagent/core";
import { z } from "zod";
import type { PostgresOptions } from "./postgres.ts";
import { tlsFault } from "./postgres-tls.ts";

const postgresUrl = z
  .url({
    protocol: /^postgres(ql)?$/,
    error: "must be a postgres:// or postgresql:// URL",
  })
  .superRefine((url, context) => {
    const message = URL.canParse(url) ? tlsFault(url) : undefined;
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

export const postgresSettings = z.object({
  DATABASE_URL: postgresUrl.describe(
    "Postgres ≥15, through a pooler or not, e.g. postgres://user:password@host:5432/llamaagent. TLS: add ?sslmode=verify-full, see docs/tls.md.",
  ),
  DATABASE_DIRECT_URL: postgresUrl
    .optional()
    .describe("Postgres past the pooler, for `llamaagent migrate`. Default: DATABASE_URL."),
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe("Connections of one process; all processes together stay below max_connections."),
  DATABASE_POOLER: z
    .enum(["transaction"])
    .optional()
    .describe(
      "`transaction` where DATABASE_URL leads to a pooler in transaction mode (PgBouncer): no named prepared statements.",
    ),
  PGSSLMODE: z
    .string()
    .optional()
    .refine((value) => value === undefined, {
      error:
        "is not read: write `sslmode=verify-full` into DATABASE_URL, and start without this one",
    })
    .describe("Refused, for it is not read here: DATABASE_URL says by `sslmode` what is meant."),
  ...tlsSettings.shape,
});
export type PostgresSettings = z.infer<typeof postgresSettings>;

export function postgresOptions(settings: PostgresSettings): PostgresOptions {
  return {
    url: settings.DATABASE_URL,
    poolSize: settings.DATABASE_POOL_SIZE,
    ...(settings.DATABASE_POOLER ? { pooler: settings.DATABASE_POOLER } : {}),
  };
}
