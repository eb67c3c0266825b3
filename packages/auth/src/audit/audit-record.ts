import { JsonObject } from "@llamaagent/core";
import { z } from "zod";

/** The tenant of the platform's chain: acts on tenants, and the refused of whom no tenant is known. No tenant has it. */
export const PLATFORM_CHAIN = "00000000-0000-0000-0000-000000000000";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * One link of a chain, as it is told: its hash is over all of this but itself. What is not known is left out.
 * Texts where enums are meant: a newer replica may have written others.
 */
export const AuditRecord = z
  .object({
    tenant_id: z.guid().describe("Whose chain it is of; the nil UUID's is the platform's"),
    seq: z.number().int().min(1).describe("Its place in the chain, from 1 without a gap"),
    at: z.iso.datetime().describe("When it was written, on the database's clock"),
    action: z.string().describe("`access`: anything but an act"),
    outcome: z.enum(["done", "refused"]),
    subject: z.string().optional().describe("Left out where nobody was proved to call"),
    authenticated_by: z
      .string()
      .optional()
      .describe(
        "`key`, `token` (for a key), `issuer` (its token), `loopback` (no key is asked for) or `database` (the command line)",
      ),
    key_id: z.uuid().optional(),
    target_type: z.string().optional(),
    target_id: z.string().optional(),
    code: z.string().optional().describe("Of the problem that was answered"),
    status: z.number().int().optional(),
    route: z.string().optional().describe("Method and template; `none`: there is no such route"),
    address: z.string().optional().describe("Of the caller; of refused ones IPv6 by /64"),
    request_id: z.string().optional().describe("Of several the last"),
    count: z.number().int().min(1).describe("Refusals that differ by their time alone are one"),
    first_at: z.iso.datetime().optional(),
    last_at: z.iso.datetime().optional(),
    detail: JsonObject,
    previous_hash: Sha256.describe("Of the record before; zeros in the first"),
    hash: Sha256.describe(
      "SHA-256 of the record without this field, as canonical JSON (RFC 8785) in UTF-8",
    ),
  })
  .meta({
    id: "AuditRecord",
    examples: [
      {
        tenant_id: "00000000-0000-7000-8000-000000000001",
        seq: 1,
        at: "2025-10-03T16:38:00.000Z",
        action: "keys.create",
        outcome: "done",
        subject: "key:0199a6f0-0000-7000-8000-00000000000a",
        authenticated_by: "key",
        key_id: "0199a6f0-0000-7000-8000-00000000000a",
        target_type: "key",
        target_id: "0199a6f0-0000-7000-8000-000000000009",
        route: "POST /keys",
        address: "203.0.113.7",
        request_id: "0199a6f0-0000-7000-8000-00000000000c",
        count: 1,
        detail: { name: "billing service", roles: ["operator"] },
        previous_hash: "0".repeat(64),
        hash: "0d11e1280e2fc70010f4e1187345e6281290411e8bcfa19a586bd1a871905653",
      },
    ],
  });
export type AuditRecord = z.infer<typeof AuditRecord>;

type Fields = Required<AuditRecord>;
type Moment = "at" | "first_at" | "last_at";
type Hash = "previous_hash" | "hash";
/** What may be missing is null in its row, a moment is a date, a hash is bytes. */
export type AuditRow = {
  [Field in keyof Fields]:
    | (Field extends Moment ? Date : Field extends Hash ? Uint8Array : Fields[Field])
    | (undefined extends AuditRecord[Field] ? null : never);
};

export const AUDIT_COLUMNS = Object.keys(AuditRecord.shape).join(", ");

export function toAuditRecord(row: AuditRow): AuditRecord {
  const { previous_hash, hash, ...shown } = row;
  const given = Object.entries(shown).flatMap(([name, value]): [string, unknown][] => {
    if (value === null) return [];
    return [[name, value instanceof Date ? value.toISOString() : value]];
  });
  // Of the row's type, whose nulls are gone and whose moments are texts.
  return {
    ...Object.fromEntries(given),
    previous_hash: Buffer.from(previous_hash).toString("hex"),
    hash: Buffer.from(hash).toString("hex"),
  } as AuditRecord;
}
