import { createPluginRegistry } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import type { RunFollower, RunsContext } from "@llamaagent/runs";
import { buildApi } from "../../build-api.ts";
import { openApiDocument } from "./openapi-document.ts";

/** The OpenAPI document, from the routes' schemas alone: nothing is connected to or listens. */
export async function buildOpenApi(): Promise<object> {
  const app = await buildApi({
    // Only handlers use these, and none runs.
    context: {} as RunsContext,
    follower: {} as RunFollower,
    registry: createPluginRegistry([]),
    environment: {},
    usesRedis: false,
    refusals: { note: () => undefined },
    logger: createLogger({ level: "silent" }),
  });
  await app.ready();
  const document = openApiDocument(app);
  await app.close();
  return document;
}
