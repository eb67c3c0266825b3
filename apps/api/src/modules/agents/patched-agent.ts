import { type AgentDefinition, AppError, problemDetails } from "@llamaagent/core";
import { agentDefinition, type Installed } from "./agent-definition.ts";
import { AgentCreate, type AgentPatch } from "./agents.schemas.ts";
import { mergePatch } from "./merge-patch.ts";

/** The next version of an agent; refused exactly where creating it so would be. */
export function patchedAgent(
  current: AgentDefinition,
  patch: AgentPatch,
  installed: Installed,
): AgentDefinition {
  const value = mergePatch(current, patch);
  const parsed = AgentCreate.safeParse(value);
  if (!parsed.success)
    throw new AppError("invalid_request", { errors: problemDetails(parsed.error, { value }) });
  return agentDefinition(parsed.data, installed);
}
