import { type InstalledProvider, installedProviders } from "@llamaagent/models/manifest";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { keptFor } from "../../kept-for.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import type { Offers, WorkerOffers } from "../../worker-offers.ts";
import { ModelList } from "./models.schemas.ts";

/** Providers' servers are asked no more often than this, whoever asks here. */
const KEPT_MS = 30_000;
const LISTING_MS = 2_000;

export function modelRoutes(
  { registry, environment: env, context }: ApiDependencies,
  offers: WorkerOffers,
): FastifyPluginAsyncZod {
  const providers = keptFor(KEPT_MS, {
    clock: context.clock,
    load: () => installedProviders({ registry, env, timeoutMs: LISTING_MS }),
  });
  return async (app) => {
    app.get(
      "/models",
      {
        config: { permission: "catalogue:read" },
        schema: {
          tags: ["Catalogue"],
          operationId: "list_models",
          summary: "List the model providers and what is known of their models without a paid call",
          response: { 200: jsonResponse("All of them", ModelList), ...problemResponses() },
        },
      },
      async () => {
        const [installed, offered] = await Promise.all([
          providers(),
          offers("providers", registry.providers),
        ]);
        return toList(installed, offered);
      },
    );
  };
}

function toList(installed: readonly InstalledProvider[], offered: Offers): ModelList {
  return {
    items: installed.flatMap(({ id: provider, models }) => models.map((id) => ({ id, provider }))),
    providers: installed.map(({ id, description, fault, isComplete }) => ({
      id,
      description,
      configured: fault === undefined,
      ...(fault === undefined ? {} : { fault }),
      complete: isComplete,
      available: offered.isAvailable(id),
    })),
    workers_only: offered.workersOnly,
  };
}
