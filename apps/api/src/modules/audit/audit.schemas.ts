import { Action, AuditRecord } from "@llamaagent/auth";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { PageLimit } from "../../schemas/page-query.ts";

/** Postgres's years and those of ISO 8601 part behind 9999, which an offset leads past. */
const LATEST = Date.UTC(9999, 11, 31);
const Moment = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < LATEST, "must be of 1970 to 9999");

export const AuditQuery = z.strictObject({
  action: Action.optional(),
  subject: z
    .string()
    .min(1)
    .max(500)
    .refine((value) => !value.includes("\u0000"), "must not hold U+0000")
    .optional(),
  outcome: z.enum(["done", "refused"]).optional(),
  since: Moment.optional(),
  until: Moment.optional().describe("Not at it"),
  order: z
    .enum(["desc", "asc"])
    .default("desc")
    .describe("`desc`: the newest first; `asc`: as the chain is verified"),
  limit: PageLimit,
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "is no cursor of this list")
    .optional(),
});
export type AuditQuery = z.output<typeof AuditQuery>;

export const AuditRecordList = z
  .object({ items: z.array(AuditRecord), next_cursor: z.string().optional() })
  .meta({ id: "AuditRecordList", examples: [{ items: [exampleOf(AuditRecord)] }] });
