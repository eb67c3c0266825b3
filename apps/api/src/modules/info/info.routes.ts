import { AGENT_CAPABILITIES } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import own from "../../../package.json" with { type: "json" };
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { Info } from "./info.schemas.ts";
import { routeTags } from "./route-tags.ts";

export function infoRoutes({ usesRedis }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    let features: string[] | undefined;
    app.get(
      "/info",
      {
        config: { permission: "catalogue:read" },
        schema: {
          tags: ["Operations"],
          operationId: "get_info",
          summary: "What this server is: its version, how it runs, what it has routes for",
          response: { 200: jsonResponse("The server", Info), ...problemResponses() },
        },
      },
      async () => {
        features ??= routeTags(app.swagger()).map((tag) => tag.toLowerCase());
        return {
          version: own.version,
          agent_protocol: "0.1.6",
          topology: usesRedis ? ("scaled" as const) : ("embedded" as const),
          features,
          capabilities: AGENT_CAPABILITIES,
        };
      },
    );
  };
}
