import { AppError } from "@llamaagent/core";
import { toolInfo } from "@llamaagent/tools/manifest";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import type { WorkerOffers } from "../../worker-offers.ts";
import { ToolDescription, ToolList, ToolParams } from "./tools.schemas.ts";

const tags = ["Tools"];

export function toolRoutes(
  { registry }: ApiDependencies,
  offers: WorkerOffers,
): FastifyPluginAsyncZod {
  const tools = new Map([...registry.tools].map(([name, tool]) => [name, toolInfo(tool)]));
  return async (app) => {
    app.get(
      "/tools",
      {
        config: { permission: "tools:read" },
        schema: {
          tags,
          operationId: "list_tools",
          summary: "List the tools that an agent may be given",
          response: { 200: jsonResponse("All tools", ToolList), ...problemResponses() },
        },
      },
      async () => {
        const { isAvailable, workersOnly } = await offers("tools", tools);
        const items = [...tools.values()].map((tool) => ({
          ...tool,
          available: isAvailable(tool.name),
        }));
        return { items, workers_only: workersOnly };
      },
    );

    app.get(
      "/tools/:name",
      {
        config: { permission: "tools:read" },
        schema: {
          tags,
          operationId: "get_tool",
          summary: "Read a tool: what it does and the JSON Schema of its arguments",
          params: ToolParams,
          response: {
            200: jsonResponse("The tool", ToolDescription),
            ...problemResponses("tool_not_found"),
          },
        },
      },
      async ({ params }) => {
        const tool = tools.get(params.name);
        if (tool === undefined) throw new AppError("tool_not_found");
        const { isAvailable } = await offers("tools", tools);
        return { ...tool, available: isAvailable(tool.name) };
      },
    );
  };
}
