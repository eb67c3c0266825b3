import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export type SchemaFaults = (schema: object, value: unknown) => string[];

/** What of a value a schema of the reference refuses; `schemas` are its components. */
export function createSchemaFaults(schemas: Readonly<Record<string, object>>): SchemaFaults {
  // Not strict: the reference has a `title` beside `$ref`, and tuples without their types.
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  // A CommonJS module: its `default` is what is called, whatever its types say.
  addFormats.default(ajv);
  const compiled = new Map<object, ValidateFunction>();
  return (schema, value) => {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      validate = ajv.compile({ ...schema, components: { schemas } });
      compiled.set(schema, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = "is wrong" }) => `${instancePath || "the whole"} ${message}`,
    );
  };
}
