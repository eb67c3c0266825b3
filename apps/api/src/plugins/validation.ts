import { AppError, problemDetails } from "@llamaagent/core";
import type { FastifyInstance, FastifySchemaCompiler } from "fastify";
import { z } from "zod";

/** Where a fault stands that is not in the body, as the first part of its pointer. */
const prefixes: Readonly<Record<string, string[]>> = {
  querystring: ["query"],
  params: ["path"],
  headers: ["headers"],
};

const compile: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const prefix = prefixes[httpPart ?? ""] ?? [];
  return (given: unknown) => {
    // Fastify says null where there is no body.
    const value = httpPart === "body" ? (given ?? undefined) : given;
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    const errors = problemDetails(parsed.error, { value, prefix });
    return { error: new AppError("invalid_request", { errors }) };
  };
};

export function validateRequests(app: FastifyInstance): void {
  app.setValidatorCompiler(compile);
  // What handlers return is typed and JSON as it is; zod's serializer parses it again at twice the cost.
  app.setSerializerCompiler(() => (value: unknown) => JSON.stringify(value));
  // A route without query parameters refuses all, as bodies refuse unknown fields.
  app.addHook("onRoute", (route) => {
    if (route.schema !== undefined) route.schema.querystring ??= z.strictObject({});
  });
}
