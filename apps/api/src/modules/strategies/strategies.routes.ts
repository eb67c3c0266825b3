import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import type { WorkerOffers } from "../../worker-offers.ts";
import { StrategyList } from "./strategies.schemas.ts";

export function strategyRoutes(
  { registry: { prompting } }: ApiDependencies,
  offers: WorkerOffers,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/strategies",
      {
        config: { permission: "catalogue:read" },
        schema: {
          tags: ["Catalogue"],
          operationId: "list_strategies",
          summary: "List the strategies that an agent may name: how its prompt is made",
          response: { 200: jsonResponse("All of them", StrategyList), ...problemResponses() },
        },
      },
      async () => {
        const { isAvailable, workersOnly } = await offers("prompting", prompting);
        const items = [...prompting.values()].map(({ name, description }) => ({
          name,
          kind: "prompting" as const,
          description,
          available: isAvailable(name),
        }));
        return { items, workers_only: workersOnly };
      },
    );
  };
}
