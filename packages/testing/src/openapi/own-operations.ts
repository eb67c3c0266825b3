import { buildOpenApi } from "@llamaagent/api";
import { z } from "zod";

const Schema = z.looseObject({
  $ref: z.string().optional(),
  examples: z.array(z.unknown()).optional(),
  items: z.looseObject({ $ref: z.string().optional() }).optional(),
});
const Shown = z.looseObject({ schema: Schema, example: z.unknown().optional() });
const Content = z.record(z.string(), Shown);
const Parameter = Shown.extend({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean(),
});
const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().optional(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({
      content: Content.optional(),
      headers: z.record(z.string(), z.looseObject({})).default({}),
    }),
  ),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({
    schemas: z.record(z.string(), Schema),
    headers: z.record(z.string(), Shown),
  }),
});

/** A body, an answer or a parameter. */
export type Shown = z.infer<typeof Shown>;
export type OwnSchemas = Readonly<Record<string, z.infer<typeof Schema>>>;

export interface OwnOperation extends z.infer<typeof Operation> {
  method: string;
  path: string;
}

/** Of the server's own OpenAPI document. */
export async function readOwnOperations(): Promise<{
  operations: readonly OwnOperation[];
  schemas: OwnSchemas;
  /** Those of answers. */
  headers: Readonly<Record<string, Shown>>;
}> {
  const { paths, components } = Document.parse(await buildOpenApi());
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  return { operations, ...components };
}
