import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { openApiDocument } from "./openapi-document.ts";

const OpenApi = z.looseObject({}).meta({
  examples: [{ openapi: "3.1.0", info: { title: "LlamaAgent", version: "0.1.0" }, paths: {} }],
});

export function openApiRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    let document: object | undefined;
    app.get(
      "/openapi.json",
      {
        config: { permission: "public" },
        schema: {
          tags: ["Operations"],
          operationId: "get_openapi",
          summary: "This document: OpenAPI 3.1",
          security: [],
          response: {
            200: jsonResponse("The document", OpenApi),
            ...problemResponses(),
          },
        },
      },
      async (_request, reply) => {
        document ??= openApiDocument(app);
        return reply.send({ ...document });
      },
    );
  };
}
