import type { z } from "zod";

/** A schema's own first example: for the examples of what holds one of it. */
export function exampleOf<Schema extends z.ZodType>(schema: Schema): z.input<Schema> {
  // Of its type: a test holds the examples of the document against their schemas. Parsed here, they cost
  // each start of the API 40 ms.
  const examples = schema.meta()?.["examples"] as [z.input<Schema>];
  return examples[0];
}
