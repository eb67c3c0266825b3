import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import { ANSWER_HEADERS, type AnswerHeaders, OPTIONAL_BODY } from "./openapi-document.ts";
import own from "../../../package.json" with { type: "json" };

/** OpenAPI 3.1 from the routes' schemas; before the routes are registered. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "LlamaAgent",
        description:
          "An agent server: create agents, start runs, follow their events. 24 of the 27 operations of the Agent Protocol 0.1.6, and more.",
        version: own.version,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      tags: [
        "Agents",
        "Runs",
        "Threads",
        "Schedules",
        "Store",
        "Queue",
        "Webhooks",
        "Keys",
        "Tenants",
        "Audit",
        "Tools",
        "Catalogue",
        "Operations",
      ].map((name) => ({ name })),
      security: [{ bearer: [] }, { apiKey: [] }, {}],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer" },
          apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
        },
      },
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform({
        ...route,
        schema: withoutOptionalBody(route.schema),
      });
      const isOptional = route.schema.body instanceof z.ZodDefault;
      const described = {
        ...schema,
        ...(isOptional ? { [OPTIONAL_BODY]: true } : {}),
        [ANSWER_HEADERS]: headersByStatus(route.schema.response),
        "x-permission": route.route.config?.permission,
      };
      return { schema: nameWildcard(described), url: url.replace("*", ":path") };
    },
    transformObject: jsonSchemaTransformObject,
  });
}

/** The headers' names, which `jsonSchemaTransform` leaves out. */
function headersByStatus(response: unknown): AnswerHeaders {
  const answers = Object.entries((response ?? {}) as Record<string, { headers?: string[] }>);
  return Object.fromEntries(answers.map(([status, { headers = [] }]) => [status, headers]));
}

/** A body that may be left out and holds nothing is not worth a client's parameter. */
function withoutOptionalBody(schema: FastifySchema): FastifySchema {
  if (!(schema.body instanceof z.ZodOptional)) return schema;
  const { body: _, ...rest } = schema;
  return rest;
}

/** The router calls the rest of a path `*`, which is no parameter's name in OpenAPI. */
function nameWildcard<Schema extends { params?: unknown }>(schema: Schema): Schema {
  const text = JSON.stringify(schema.params);
  if (text === undefined || !text.includes('"*"')) return schema;
  return { ...schema, params: JSON.parse(text.replaceAll('"*"', '"path"')) as unknown };
}
