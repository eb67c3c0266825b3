import type { Permission } from "@llamaagent/auth";
import fastify from "fastify";
import { expect, it } from "vitest";
import { demandActs } from "./demand-acts.ts";

function app(config: { permission: Permission; act?: "keys.create" }, method: "GET" | "POST") {
  const server = fastify();
  demandActs(server);
  server.route({ url: "/things", method, config, handler: () => "" });
  return server;
}

it.each(["GET", "POST"] as const)(
  "stops the boot at a %s that would act without a name for it",
  async (method) => {
    for (const permission of ["agents:write", "keys:write", "tenants:write"] as const)
      await expect(app({ permission }, method).ready()).rejects.toThrow(
        "the route /things names no act",
      );
    await app({ permission: "keys:write", act: "keys.create" }, method).ready();
  },
);

it("asks for none where nobody acts as an admin does", async () => {
  for (const permission of ["keys:read", "runs:write", "store:write"] as const)
    await app({ permission }, "POST").ready();
});
