import { type Action, isActedUnder } from "@llamaagent/auth";
import type { FastifyInstance, RouteOptions } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the audit log calls it: a must under the permissions to act, whatever the method. */
    act?: Action;
  }
}

/** A route that would act without a name for it stops the boot. */
export function demandActs(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => void routes.push(route));
  app.addHook("onReady", async () => {
    for (const { url, config } of routes)
      if (isActedUnder(config?.permission) && config?.act === undefined)
        throw new Error(`the route ${url} names no act`);
  });
}
