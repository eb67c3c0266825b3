import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { openApiDocument } from "./openapi-document.ts";

/** What the page needs, all from this server; no inline script, no other host. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(";");

/** The OpenAPI document as a page under `/docs`, as public as the document itself. */
export async function docsPage(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    // Its routes are made elsewhere and name no permission.
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, permission: "public" };
    });
    let document: object | undefined;
    await scope.register(swaggerUi, {
      routePrefix: "/docs",
      staticCSP: CONTENT_SECURITY_POLICY,
      theme: { title: "LlamaAgent API" },
      // Without the bar in which another document's address can be typed.
      uiConfig: { layout: "BaseLayout" },
      transformSpecification: () => (document ??= openApiDocument(app)),
      transformSpecificationClone: false,
    });
  });
}
