import type { z } from "zod";
import type { AnswerHeader } from "./answer-headers.ts";

/** A success answer with a description of its own: a named schema's would be replaced by "Default Response". */
export function jsonResponse<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  headers: readonly AnswerHeader[] = [],
) {
  return { description, headers, content: { "application/json": { schema } } };
}
