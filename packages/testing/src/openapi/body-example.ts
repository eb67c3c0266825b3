import type { OwnOperation, OwnSchemas } from "./own-operations.ts";
import { shownExample } from "./shown-example.ts";

export interface BodyExample {
  mediaType: string;
  schema: object;
  value: unknown;
}

/** What the document says to send. Undefined where an operation has no body; throws where it has one without an example. */
export function bodyExample(
  { operationId, requestBody }: OwnOperation,
  schemas: OwnSchemas,
): BodyExample | undefined {
  const [body] = Object.entries(requestBody?.content ?? {});
  if (body === undefined) return undefined;
  const [mediaType, shown] = body;
  const value = shownExample(shown, schemas);
  if (value === undefined) throw new Error(`the body of ${operationId} has no example`);
  return { mediaType, schema: shown.schema, value };
}
