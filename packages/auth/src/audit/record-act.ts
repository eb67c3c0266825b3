import type { Principal } from "@llamaagent/core";
import type { SystemTx, Tx } from "@llamaagent/db";
import { BY_PLATFORM } from "../tenants/tenant.ts";
import type { Action } from "./action.ts";
import { appendRecords, type Detail, type NewRecord } from "./append-records.ts";
import { PLATFORM_CHAIN } from "./audit-record.ts";

/** The request that something came with. */
export interface Origin {
  requestId: string;
  address: string;
  /** Its method and the template of its path. */
  route: string;
}

/** Who acts. Without an origin it is the server itself, or a test. */
export interface Actor extends Principal {
  origin?: Origin;
}

/** Never with a secret in it, or what is somebody's to say: instructions, inputs. */
export interface Act {
  action: Action;
  target?: { type: string; id: string };
  detail?: Detail;
}

/** In the transaction of the act, as its last statement: neither is there without the other. */
export async function recordAct(tx: Tx, by: Actor, act: Act): Promise<void> {
  await appendRecords(tx, [{ ...actedOn(act), ...callerFields(by), tenant_id: by.tenantId }]);
}

/**
 * As `recordAct`, of what the platform does to a tenant: its own chain tells it too, but not who it was, as of
 * keys that the platform makes.
 */
export async function recordTenantAct(
  tx: SystemTx,
  by: Actor,
  { tenantId, ...act }: Act & { tenantId: string },
): Promise<void> {
  await appendRecords(tx, [
    { ...actedOn(act), ...callerFields(by), tenant_id: PLATFORM_CHAIN },
    { ...actedOn(act), subject: BY_PLATFORM, tenant_id: tenantId },
  ]);
}

/** What a record tells of a caller who was proved. */
export function callerFields({ origin, ...by }: Actor) {
  return {
    subject: by.subject,
    authenticated_by: authenticatedBy(by),
    ...(by.keyId === undefined ? {} : { key_id: by.keyId }),
    ...(origin === undefined ? {} : originFields(origin)),
  };
}

export const originFields = ({ requestId, address, route }: Origin) => ({
  request_id: requestId,
  address,
  route,
});

const actedOn = ({ action, target, detail = {} }: Act): Omit<NewRecord, "tenant_id"> => ({
  action,
  outcome: "done",
  count: 1,
  ...(target === undefined ? {} : { target_type: target.type, target_id: target.id }),
  detail,
});

function authenticatedBy({ keyId, expiresAtMs }: Principal): string {
  if (expiresAtMs !== undefined) return keyId === undefined ? "issuer" : "token";
  return keyId === undefined ? "loopback" : "key";
}
