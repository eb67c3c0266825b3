import { z } from "zod";

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ tags: z.array(z.string()).default([]) })),
  ),
});

/** The tags of an OpenAPI document's operations, each once, in order. */
export function routeTags(document: object): string[] {
  const operations = Object.values(Document.parse(document).paths).flatMap((path) =>
    Object.values(path),
  );
  return [...new Set(operations.flatMap(({ tags }) => tags))].toSorted();
}
