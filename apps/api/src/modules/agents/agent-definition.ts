import {
  AgentDefinition,
  AppError,
  type Environment,
  type PluginRegistry,
  type ProblemDetail,
} from "@llamaagent/core";
import { modelFault } from "@llamaagent/models/manifest";
import { refuseUnavailable } from "../../schemas/not-available.ts";
import type { AgentCreate } from "./agents.schemas.ts";

export interface Installed {
  registry: PluginRegistry;
  environment: Environment;
}

/**
 * The definition to store. Errors: `not_available` for fields whose feature is not built, else
 * `invalid_request` naming every tool, model and prompting strategy that is not installed.
 */
export function agentDefinition(body: AgentCreate, installed: Installed): AgentDefinition {
  const { reasoning, cache, memory, input_schema, output_schema, ...definition } = body;
  refuseUnavailable({
    "/model": Array.isArray(body.model),
    "/memory": memory !== undefined,
    "/cache/mode": cache !== undefined && cache.mode !== "off",
    "/reasoning": reasoning !== undefined && reasoning !== "react",
    "/limits/max_cost_usd": body.limits.max_cost_usd !== undefined,
    "/input_schema": input_schema !== undefined,
    "/output_schema": output_schema !== undefined,
  });
  const agent = AgentDefinition.parse(definition);
  const errors = installationFaults(agent, installed);
  if (errors.length > 0) throw new AppError("invalid_request", { errors });
  return agent;
}

function installationFaults(
  agent: AgentDefinition,
  { registry, environment }: Installed,
): ProblemDetail[] {
  const faults: ProblemDetail[] = [];
  const model = modelFault({ registry, modelId: agent.model, env: environment });
  if (model !== undefined) faults.push({ pointer: "/model", message: model });
  for (const [index, tool] of agent.tools.entries()) {
    const pointer = `/tools/${index}`;
    if (!registry.tools.has(tool)) faults.push({ pointer, message: "there is no such tool" });
    else if (agent.tools.indexOf(tool) < index)
      faults.push({ pointer, message: "is listed twice" });
  }
  if (!registry.prompting.has(agent.prompting))
    faults.push({ pointer: "/prompting", message: "there is no such prompting strategy" });
  return faults;
}
