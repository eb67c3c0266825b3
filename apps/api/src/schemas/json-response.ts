import type { z } from "zod";

/** A success answer with a description of its own: a named schema's would be replaced by "Default Response". */
export function jsonResponse<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}
