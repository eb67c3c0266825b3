/** What is read of a JSON schema. */
export interface JsonSchema {
  $ref?: string;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  examples?: unknown[];
  minimum?: number;
}
export type Schemas = Readonly<Record<string, JsonSchema>>;

/** A value of a schema with one of its strings left open. */
export interface OpenValue {
  /** Where the string is. */
  path: readonly string[];
  /** The string is the name of a property. */
  isName: boolean;
  /** The value, valid but for what is put there. */
  with: (attack: unknown) => unknown;
}

/** Name of a property where any may be. */
const ANY = "note";
const PREFIX = "#/components/schemas/";

/**
 * Each string in values of a schema, and each name of a property that a caller may choose: the example, or the
 * least that its schema wants, with that one open. What refers to itself is followed once.
 */
export function openValues(schema: JsonSchema, example: unknown, schemas: Schemas): OpenValue[] {
  const open = ofSchema(schema, example, []);
  // Alternatives have places in common.
  return [...new Map(open.map((one) => [`${one.isName} ${one.path.join("/")}`, one])).values()];

  function ofSchema(given: JsonSchema, shown: unknown, trail: readonly string[]): OpenValue[] {
    if (given.$ref !== undefined) {
      const name = given.$ref.slice(PREFIX.length);
      const referred = trail.includes(name) ? undefined : schemas[name];
      return referred === undefined ? [] : ofSchema(referred, shown, [...trail, name]);
    }
    const alternatives = [...(given.anyOf ?? []), ...(given.oneOf ?? []), ...(given.allOf ?? [])];
    if (alternatives.length > 0) return alternatives.flatMap((one) => ofSchema(one, shown, trail));
    const types = [given.type ?? []].flat();
    const isAny = Object.keys(given).every((key) => key === "description");
    return [
      ...(types.includes("string") || isAny ? [whole] : []),
      ...(types.includes("object") ? ofObject(given, shown, trail) : []),
      ...(types.includes("array") && given.items
        ? ofSchema(given.items, (shown as unknown[] | undefined)?.[0], trail).map((one) =>
            inside("0", one, (inner) => [inner]),
          )
        : []),
    ];
  }

  function ofObject(given: JsonSchema, shown: unknown, trail: readonly string[]): OpenValue[] {
    const { properties = {}, additionalProperties: others } = given;
    const base: Record<string, unknown> = isObjectOf(given, shown) ? shown : least(given, schemas);
    const named = Object.entries(properties).flatMap(([name, inner]) =>
      ofSchema(inner, base[name], trail).map((one) =>
        inside(name, one, (value) => ({ ...base, [name]: value })),
      ),
    );
    if (others === undefined || others === false) return named;
    const free = others === true ? {} : others;
    const values = ofSchema(free, undefined, trail).map((one) =>
      inside(ANY, one, (value) => ({ ...base, [ANY]: value })),
    );
    const value = sample(free, schemas);
    const name: OpenValue = {
      path: [],
      isName: true,
      with: (attack) => ({ ...base, [String(attack)]: value }),
    };
    return [...named, ...values, name];
  }
}

const whole: OpenValue = { path: [], isName: false, with: (attack) => attack };

function inside(step: string, open: OpenValue, wrap: (inner: unknown) => unknown): OpenValue {
  return { ...open, path: [step, ...open.path], with: (attack) => wrap(open.with(attack)) };
}

/** Whether an example is of this alternative: what the schema names once is so in it. */
function isObjectOf(
  { properties = {} }: JsonSchema,
  shown: unknown,
): shown is Record<string, unknown> {
  if (typeof shown !== "object" || shown === null || Array.isArray(shown)) return false;
  return Object.entries(properties).every(
    ([name, { const: only }]) => only === undefined || Reflect.get(shown, name) === only,
  );
}

/** An object with what it must have, and nothing more. */
function least({ properties = {}, required = [] }: JsonSchema, schemas: Schemas) {
  return Object.fromEntries(
    required.map((name) => [name, sample(properties[name] ?? {}, schemas)]),
  );
}

function sample(schema: JsonSchema, schemas: Schemas): unknown {
  const { $ref, anyOf, oneOf, examples, const: only, enum: allowed, minimum } = schema;
  if (examples?.[0] !== undefined) return examples[0];
  if (only !== undefined) return only;
  if (allowed !== undefined) return allowed[0];
  if ($ref !== undefined) return sample(schemas[$ref.slice(PREFIX.length)] ?? {}, schemas);
  const first = (anyOf ?? oneOf)?.[0];
  if (first !== undefined) return sample(first, schemas);
  const [type] = [schema.type ?? "string"].flat();
  if (type === "object") return least(schema, schemas);
  if (type === "array") return [];
  if (type === "boolean") return true;
  if (type === "null") return null;
  return type === "string" ? "x" : (minimum ?? 1);
}
