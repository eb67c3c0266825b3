import type { FastifyInstance } from "fastify";
import type { ApiDependencies } from "./api-dependencies.ts";
import { agentRoutes } from "./modules/agents/agents.routes.ts";
import { healthRoutes } from "./modules/health/health.routes.ts";
import { openApiRoutes } from "./modules/openapi/openapi.routes.ts";
import { runEventRoutes } from "./modules/runs/run-events.routes.ts";
import { runRoutes } from "./modules/runs/runs.routes.ts";
import { threadFileRoutes } from "./modules/threads/thread-files.routes.ts";
import { threadRoutes } from "./modules/threads/threads.routes.ts";
import { toolRoutes } from "./modules/tools/tools.routes.ts";

export async function registerRoutes(app: FastifyInstance, api: ApiDependencies): Promise<void> {
  await app.register(agentRoutes(api));
  await app.register(runRoutes(api));
  await app.register(runEventRoutes(api));
  await app.register(threadRoutes(api));
  await app.register(threadFileRoutes(api));
  await app.register(toolRoutes(api));
  await app.register(healthRoutes(api));
  await app.register(openApiRoutes());
}
