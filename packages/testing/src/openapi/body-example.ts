import type { OwnOperation, readOwnOperations } from "./own-operations.ts";

export interface BodyExample {
  mediaType: string;
  schema: object;
  value: unknown;
}

/**
 * What the document says to send: of a named schema its first example. Undefined where an operation
 * has no body; throws where it has one without an example.
 */
export function bodyExample(
  { operationId, requestBody }: OwnOperation,
  schemas: Awaited<ReturnType<typeof readOwnOperations>>["schemas"],
): BodyExample | undefined {
  const [body] = Object.entries(requestBody?.content ?? {});
  if (body === undefined) return undefined;
  const [mediaType, { schema, example }] = body;
  const name = schema.$ref?.replace("#/components/schemas/", "") ?? "";
  const value = example ?? schemas[name]?.examples?.[0];
  if (value === undefined) throw new Error(`the body of ${operationId} has no example`);
  return { mediaType, schema, value };
}
