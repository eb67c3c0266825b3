import type { z } from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;
type IsDeclared = (name: string) => boolean;

/** Fields and values that the server knows but refuses or ignores: a client is not offered them. */
const NOT_OFFERED = /\bavailable yet\b|^Set by the server/;

/** A TypeScript type for a JSON Schema as zod writes it. Throws for what it does not know. */
export function typeOfJsonSchema(schema: JsonSchema | boolean, isDeclared: IsDeclared): string {
  const typeOf = (inner: JsonSchema | boolean) => typeOfJsonSchema(inner, isDeclared);
  if (typeof schema === "boolean") return "Json";
  if (schema.$ref !== undefined) return typeOfRef(schema.$ref, isDeclared);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return union(options.filter(isOffered).map(typeOf));
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "number":
    case "integer":
      return "number";
    case "array":
      // zod writes one schema for all items; a list of schemas is an older draft's tuple.
      return `Array<${Array.isArray(schema.items) ? "Json" : typeOf(schema.items ?? true)}>`;
    case "object":
      return typeOfObject(schema, typeOf);
    case undefined:
      return "Json"; // no constraint at all: whatever JSON can hold
    default:
      throw new Error(`no TypeScript type for ${JSON.stringify(schema)}`);
  }
}

function isOffered(schema: JsonSchema | boolean): boolean {
  return typeof schema === "boolean" || !NOT_OFFERED.test(schema.description ?? "");
}

function typeOfRef(ref: string, isDeclared: IsDeclared): string {
  const name = ref.split("/").at(-1) ?? "";
  if (isDeclared(name)) return name;
  throw new Error(`${ref} leads nowhere`);
}

function typeOfObject(schema: JsonSchema, typeOf: (inner: JsonSchema | boolean) => string): string {
  const properties = Object.entries(schema.properties ?? {}).filter(([, value]) =>
    isOffered(value),
  );
  const rest = schema.additionalProperties;
  if (properties.length === 0)
    return rest === false ? "Record<never, never>" : `Record<string, ${typeOf(rest ?? true)}>`;
  const fields = properties.map(([name, value]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    const comment =
      typeof value === "object" && value.description ? `/** ${value.description} */\n` : "";
    return `${comment}${JSON.stringify(name)}${optional}: ${typeOf(value)};`;
  });
  return `{\n${fields.join("\n")}\n}`;
}

function union(members: readonly string[]): string {
  return [...new Set(members)].join(" | ");
}
