import { buildOpenApi } from "@llamaagent/api";
import { z } from "zod";

const Schema = z.looseObject({
  $ref: z.string().optional(),
  examples: z.array(z.unknown()).optional(),
});
const Content = z.record(z.string(), z.object({ schema: Schema, example: z.unknown().optional() }));
const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().optional(),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), Schema) }),
});

export interface OwnOperation extends z.infer<typeof Operation> {
  method: string;
  path: string;
}

/** Of the server's own OpenAPI document. */
export async function readOwnOperations(): Promise<{
  operations: readonly OwnOperation[];
  schemas: Readonly<Record<string, z.infer<typeof Schema>>>;
}> {
  const { paths, components } = Document.parse(await buildOpenApi());
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  return { operations, schemas: components.schemas };
}
