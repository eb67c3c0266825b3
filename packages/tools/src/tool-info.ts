import { AppError, JsonObject, type Tool, type ToolInfo } from "@llamaagent/core";
import { z } from "zod";

const infos = new WeakMap<Tool, ToolInfo>();

/**
 * What models and the API are told of a tool; `parameters` is JSON Schema, draft 2020-12. Throws
 * `invalid_plugin` where the input has no JSON Schema or is no object: no provider takes such a tool.
 */
export function toolInfo(tool: Tool): ToolInfo {
  const known = infos.get(tool);
  if (known !== undefined) return known;
  const info = {
    name: tool.name,
    description: tool.description,
    parameters: parametersOf(tool),
    effect: tool.effect,
  };
  infos.set(tool, info);
  return info;
}

function parametersOf(tool: Tool): JsonObject {
  let schema: unknown;
  try {
    // `input`: what may be sent, so a field with a default is optional.
    schema = z.toJSONSchema(tool.input, { target: "draft-2020-12", io: "input" });
  } catch (cause) {
    throw unusable(tool, `its input has no JSON Schema: ${String(cause)}`, cause);
  }
  // The dialect is the one that providers, OpenAPI 3.1 and MCP take anyway; some refuse the key.
  const { $schema: _, ...parameters } = JsonObject.parse(JSON.parse(JSON.stringify(schema)));
  if (parameters["type"] !== "object") throw unusable(tool, "its input must be an object");
  return parameters;
}

function unusable(tool: Tool, reason: string, cause?: unknown): AppError {
  return new AppError("invalid_plugin", { detail: `tool '${tool.name}': ${reason}`, cause });
}
