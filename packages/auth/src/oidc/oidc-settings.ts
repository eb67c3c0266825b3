import { HttpsUrl, Role } from "@llamaagent/core";
import { z } from "zod";

/** Asymmetric ones: with a shared secret whoever verifies could sign too. */
const Algorithm = z.enum([
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
]);

/** As the database writes it. */
const TenantId = z.uuid().toLowerCase();
const Claim = z.string().min(1).max(200);
const mapped = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({ claim: Claim, map: z.record(z.string(), value) });

export const OidcIssuerSettings = z.strictObject({
  /** Subjects are `oidc:<name>:<sub>`: those of two issuers never meet. */
  name: z.string().regex(/^[a-z0-9-]{1,32}$/, "must be of up to 32 of a–z, 0–9 and `-`"),
  issuer: z.url(),
  jwks_uri: HttpsUrl,
  audience: z.string().min(1),
  algorithms: z.array(Algorithm).min(1).default(["RS256", "PS256", "ES256", "EdDSA"]),
  /** RFC 9068's; some issuers say `JWT` of access tokens too. */
  typ: z.string().min(1).default("at+jwt"),
  subject_claim: Claim.default("sub"),
  tenant: z.union([TenantId, mapped(TenantId)]),
  roles: z.union([z.array(Role).min(1), mapped(Role)]),
  /** Whether a token without a scope that is a permission may do all that its roles allow, or nothing. */
  scopes: z.enum(["optional", "required"]).default("optional"),
});
export type OidcIssuerSettings = z.infer<typeof OidcIssuerSettings>;

export const oidcSettings = z.object({
  LLAMAAGENT_OIDC_ISSUERS: z
    .string()
    .transform((text, context): OidcIssuerSettings[] => {
      const read = z.array(OidcIssuerSettings).min(1).safeParse(parsed(text));
      const fault = read.success ? faultOf(read.data) : faultOfShape(read.error);
      if (read.success && fault === undefined) return read.data;
      context.addIssue({ code: "custom", message: fault ?? "" });
      return z.NEVER;
    })
    .optional()
    .describe(
      "Issuers of OAuth2 and OpenID Connect whose access tokens are taken, as JSON: see docs/authentication.md. Left out, none are",
    ),
  LLAMAAGENT_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .regex(/^[^:]+:\/\/[^/?#]+(\/[\w.~-]+)*\/?$/, "must have a plain path, and nothing behind it")
    .optional()
    .describe(
      "What clients call this server by; needed with LLAMAAGENT_OIDC_ISSUERS, whose protected-resource metadata (RFC 9728) names it",
    ),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function faultOfShape(error: z.ZodError): string {
  const faults = error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim());
  return `must be a JSON array of issuers: ${faults.join("; ")}`;
}

function faultOf(issuers: readonly OidcIssuerSettings[]): string | undefined {
  for (const field of ["name", "issuer"] as const)
    if (new Set(issuers.map((one) => one[field])).size < issuers.length)
      return `must name no two issuers with the same ${field}`;
  return undefined;
}
