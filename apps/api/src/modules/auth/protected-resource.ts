import { type Authentication, Permission } from "@llamaagent/auth";
import type { FastifyPluginAsync } from "fastify";

type Resource = Pick<Authentication, "issuers" | "publicUrl">;

/** RFC 9728, section 3. */
const PATH = "/.well-known/oauth-protected-resource";

/** Of a resource with a path the metadata lie behind that path's well-known address. */
const metadataPath = (publicUrl: string): string =>
  `${PATH}${new URL(publicUrl).pathname.replace(/\/$/, "")}`;

/** What a 401 says in `WWW-Authenticate`: with issuers, where it is told who they are. */
export function challengeOf({ issuers, publicUrl }: Resource): string {
  if (issuers.length === 0 || publicUrl === undefined) return "Bearer";
  return `Bearer resource_metadata="${new URL(metadataPath(publicUrl), publicUrl).href}"`;
}

/** Tells clients where they get a token: protected-resource metadata (RFC 9728). Without issuers there is nothing to tell. */
export function protectedResourceRoutes({ issuers, publicUrl }: Resource): FastifyPluginAsync {
  return async (app) => {
    if (issuers.length === 0 || publicUrl === undefined) return;
    const metadata = {
      resource: publicUrl,
      authorization_servers: issuers.map(({ issuer }) => issuer),
      bearer_methods_supported: ["header"],
      scopes_supported: Permission.options,
    };
    // A proxy may have taken the path away.
    for (const path of new Set([PATH, metadataPath(publicUrl)]))
      app.get(path, { config: { permission: "public" }, schema: { hide: true } }, () => metadata);
  };
}
