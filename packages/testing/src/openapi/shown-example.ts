import type { OwnSchemas, Shown } from "./own-operations.ts";

/** What the document shows of a body, an answer or a parameter; of a list without a name one item. */
export function shownExample({ schema, example }: Shown, schemas: OwnSchemas): unknown {
  if (example !== undefined) return example;
  const own = firstExample(schema, schemas);
  if (own !== undefined || schema.items === undefined) return own;
  const item = firstExample(schema.items, schemas);
  return item === undefined ? undefined : [item];
}

function firstExample(schema: Shown["schema"], schemas: OwnSchemas): unknown {
  const name = schema.$ref?.replace("#/components/schemas/", "");
  const { examples } = name === undefined ? schema : (schemas[name] ?? {});
  return examples?.[0];
}
