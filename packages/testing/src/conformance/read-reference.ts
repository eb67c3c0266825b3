import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../server/running-server.ts";

const Content = z.record(z.string(), z.object({ schema: z.looseObject({}) }));
export type Content = z.infer<typeof Content>;
const Parameter = z.looseObject({
  name: z.string(),
  in: z.enum(["path", "query"]),
  required: z.boolean().default(false),
  schema: z.looseObject({}),
});
const Operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
});
const Document = z.looseObject({
  info: z.looseObject({ version: z.literal("0.1.6") }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

export interface ReferenceOperation extends z.infer<typeof Operation> {
  method: string;
  path: string;
}
export interface Reference {
  schemas: Record<string, object>;
  /** By operationId. */
  operations: ReadonlyMap<string, ReferenceOperation>;
}

const BESIDE = join(repositoryRoot, "../shared/reference/agent-protocol-0.1.6.openapi.json");
const howToGet =
  "set AGENT_PROTOCOL_OPENAPI to the path of openapi.json of Agent Protocol 0.1.6 (github.com/langchain-ai/agent-protocol)";

/**
 * The Agent Protocol's own document, from the path in AGENT_PROTOCOL_OPENAPI, else from the shared
 * folder beside this repository. Where neither is there: the reason; in continuous integration an error.
 */
export function readReference(
  env: Readonly<Record<string, string | undefined>>,
  beside = BESIDE,
): Reference | { missing: string } {
  const path = env["AGENT_PROTOCOL_OPENAPI"] || beside;
  if (path === beside && !existsSync(beside)) {
    if (env["REQUIRE_SERVICES"] === "1" || (env["CI"] ?? "") !== "")
      throw new Error(`the Agent Protocol's document is missing: ${howToGet}`);
    return { missing: howToGet };
  }
  const document = Document.parse(JSON.parse(readFileSync(path, "utf8")));
  const operations = Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path: route,
    })),
  );
  return {
    schemas: document.components.schemas,
    operations: new Map(operations.map((operation) => [operation.operationId, operation])),
  };
}
