import { type Authentication, Permission } from "@llamaagent/auth";
import type { FastifyInstance } from "fastify";

/** RFC 9728, section 3. */
const PATH = "/.well-known/oauth-protected-resource";

/**
 * Tells clients where they get a token: protected-resource metadata (RFC 9728) of the issuers that are
 * trusted. What a 401 says in `WWW-Authenticate`; without issuers there is nothing to tell.
 */
export function protectedResource(
  app: FastifyInstance,
  { issuers, publicUrl }: Pick<Authentication, "issuers" | "publicUrl">,
): string {
  if (issuers.length === 0 || publicUrl === undefined) return "Bearer";
  const resource = new URL(publicUrl);
  const rest = resource.pathname.replace(/\/$/, "");
  // Of a resource with a path the metadata lie at the path's well-known address; a proxy hands us either.
  const metadataUrl = new URL(`${PATH}${rest}`, resource);
  const metadata = {
    resource: publicUrl,
    authorization_servers: issuers.map(({ issuer }) => issuer),
    bearer_methods_supported: ["header"],
    scopes_supported: Permission.options,
  };
  for (const path of new Set([PATH, `${PATH}${rest}`]))
    app.get(path, { config: { permission: "public" }, schema: { hide: true } }, () => metadata);
  return `Bearer resource_metadata="${metadataUrl.href}"`;
}
