import type { Database } from "@llamaagent/db";
import type { SealedRows } from "@llamaagent/protection";
import { type Column, unnestColumns } from "../unnest-columns.ts";
import { secretContext } from "./webhook-keys.ts";

interface Row {
  tenant_id: string;
  key_id: string;
  secret: string;
}

/** Rows in one transaction: their locks are held for milliseconds. */
const PAGE = 100;

/** The secrets of all tenants' webhook keys, also of those that have expired, by `tenant_id/key_id`. */
export function sealedWebhookKeys(db: Database): SealedRows {
  return {
    async page(after) {
      const [tenantId = null, keyId = null] = after?.split("/") ?? [];
      const rows = await db.system((tx) =>
        tx.query<Row>(
          `SELECT tenant_id, key_id, secret FROM webhook_keys
           WHERE $1::uuid IS NULL OR (tenant_id, key_id) > ($1::uuid, $2::uuid)
           ORDER BY tenant_id, key_id LIMIT ${PAGE}`,
          [tenantId, keyId],
          { isLast: true },
        ),
      );
      return rows.map((row) => ({
        id: `${row.tenant_id}/${row.key_id}`,
        stored: row.secret,
        context: secretContext(row.tenant_id, row.key_id),
      }));
    },
    async replace(rows) {
      const idParts = rows.map(({ id }) => id.split("/"));
      const columns: Column[] = [
        ["tenant_id", "uuid", idParts.map(([tenantId]) => tenantId)],
        ["key_id", "uuid", idParts.map(([, keyId]) => keyId)],
        ["was", "text", rows.map(({ from }) => from)],
        ["becomes", "text", rows.map(({ to }) => to)],
      ];
      const replaced = await db.system((tx) => {
        const values: unknown[] = [];
        return tx.query(
          `UPDATE webhook_keys stored SET secret = given.becomes FROM ${unnestColumns(columns, values, "given")}
           WHERE stored.tenant_id = given.tenant_id AND stored.key_id = given.key_id AND stored.secret = given.was
           RETURNING stored.key_id`,
          values,
          { isLast: true },
        );
      });
      return replaced.length;
    },
  };
}
