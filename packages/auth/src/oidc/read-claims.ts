import { AppError, DEFAULT_TENANT_ID, type Principal, Role } from "@llamaagent/core";
import type { JWTPayload } from "jose";
import { Permission } from "../permissions.ts";
import type { OidcIssuerSettings } from "./oidc-settings.ts";

/** Whom an access token's claims speak for, by configuration. */
export type OidcToken = Principal & { expiresAtMs: number };

const SUBJECT_MAX = 255;

/** Errors: `unauthorized` where it has no usable subject, `forbidden` where it is of no tenant or has no scope. */
export function readClaims(payload: JWTPayload, settings: OidcIssuerSettings): OidcToken {
  const [subject = ""] = textsOf(payload, settings.subject_claim);
  const isUsable = subject !== "" && subject.length <= SUBJECT_MAX && !subject.includes("\u0000");
  if (!isUsable || payload.exp === undefined) throw new AppError("unauthorized");
  const tenantId = tenantOf(payload, settings);
  return {
    tenantId,
    subject: `oidc:${settings.name}:${subject}`,
    // Who looks after all tenants is of the first: another's admins may say who is in their groups.
    roles: rolesOf(payload, settings).filter(
      (role) => role !== "platform_admin" || tenantId === DEFAULT_TENANT_ID,
    ),
    scopes: scopesOf(payload, settings),
    expiresAtMs: payload.exp * 1000,
  };
}

function tenantOf(payload: JWTPayload, { tenant }: OidcIssuerSettings): string {
  if (typeof tenant === "string") return tenant;
  const tenants = textsOf(payload, tenant.claim).flatMap((text) => own(tenant.map, text) ?? []);
  const [tenantId, ...others] = new Set(tenants);
  if (tenantId !== undefined && others.length === 0) return tenantId;
  throw new AppError("forbidden", {
    detail: others.length > 0 ? "The token is of several tenants" : "The token is of no tenant",
  });
}

function rolesOf(payload: JWTPayload, { roles }: OidcIssuerSettings): Role[] {
  if (Array.isArray(roles)) return roles;
  const given = textsOf(payload, roles.claim).flatMap((text) => own(roles.map, text) ?? []);
  return Role.options.filter((role) => given.includes(role));
}

/** RFC 8693's `scope`; some issuers name it `scp`, a text or a list. Others than ours are not ours to understand. */
function scopesOf(payload: JWTPayload, settings: OidcIssuerSettings): Permission[] {
  const given = ["scope", "scp"].flatMap((claim) =>
    textsOf(payload, claim).flatMap((text) => text.split(" ")),
  );
  const scopes = Permission.options.filter((permission) => given.includes(permission));
  if (scopes.length === 0 && settings.scopes === "required")
    throw new AppError("forbidden", { detail: "The token has no scope of this server" });
  return scopes;
}

/** A name may hold dots itself (`https://acme.com/roles`); else they lead into objects (`realm_access.roles`). */
function textsOf(payload: JWTPayload, claim: string): string[] {
  const value = own(payload, claim) ?? claim.split(".").reduce<unknown>(own, payload);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === "string");
}

function own<Value>(object: Readonly<Record<string, Value>>, name: string): Value | undefined;
function own(object: unknown, name: string): unknown;
function own(object: unknown, name: string): unknown {
  if (typeof object !== "object" || object === null || !Object.hasOwn(object, name))
    return undefined;
  return (object as Record<string, unknown>)[name]; // its own, as was asked
}
