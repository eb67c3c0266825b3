import { AppError } from "@llamaagent/core";
import type { FastifyInstance, HTTPMethods } from "fastify";

const methods: HTTPMethods[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "QUERY",
];

/**
 * Answers the methods that a path does not have with 405 and `Allow`. Made before the routes, answers
 * after them: Fastify's router can't be asked which methods a path has.
 */
export function methodsNotAllowed(app: FastifyInstance): { answer(): void } {
  // Of these the one that Fastify does not know by itself; a second server of one process knows it.
  if (!app.supportedMethods.includes("QUERY")) app.addHttpMethod("QUERY");
  const known = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method, prefix, routePath }) => {
    // Beside the root of a prefix Fastify makes the one with a slash at its end, and tells no hook.
    const twins = routePath === "" && prefix !== "" ? [url, `${url}/`] : [url];
    for (const twin of twins) {
      const seen = known.get(twin) ?? new Set();
      for (const one of [method].flat()) seen.add(one);
      known.set(twin, seen);
    }
  });
  return {
    answer() {
      for (const [url, seen] of known) {
        const allow = [...seen].toSorted().join(", ");
        app.route({
          method: methods.filter((method) => !seen.has(method)),
          url,
          config: { permission: "any credential" },
          schema: { hide: true },
          // Before the body is looked at: what is wrong is the method.
          onRequest: async (_request, reply) => {
            reply.header("allow", allow);
            throw new AppError("method_not_allowed", { detail: `Allowed: ${allow}` });
          },
          handler: () => undefined,
        });
      }
    },
  };
}
