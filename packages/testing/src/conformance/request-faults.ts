import type { OperationRequest } from "./call.ts";
import type { Reference, ReferenceOperation } from "./read-reference.ts";
import { createSchemaFaults } from "./schema-faults.ts";

export type RequestFaults = (operation: ReferenceOperation, request: OperationRequest) => string[];

/** What speaks against a request as one that the reference knows. */
export function createRequestFaults(reference: Reference): RequestFaults {
  const schemaFaults = createSchemaFaults(requestSchemas(reference.schemas));
  return (operation, { path = {}, query = {}, body }) => {
    const given = { path, query };
    const parameters = operation.parameters.flatMap(({ name, in: place, required, schema }) => {
      const value = given[place][name];
      if (value === undefined) return required ? [`${name} is required in the ${place}`] : [];
      return schemaFaults(schema, value).map((fault) => `${place} ${name}: ${fault}`);
    });
    const known = new Set(operation.parameters.map(({ name }) => name));
    const unknown = [...Object.keys(path), ...Object.keys(query)].filter(
      (name) => !known.has(name),
    );
    const schema = operation.requestBody?.content["application/json"]?.schema;
    const bodyFaults =
      schema === undefined
        ? body === undefined
          ? []
          : ["there is no body"]
        : schemaFaults(schema, body).map((fault) => `body: ${fault}`);
    return [...parameters, ...unknown.map((name) => `${name} is no parameter`), ...bodyFaults];
  };
}

/**
 * The reference's `RunStream`, the body of `POST /runs`, requires what only an answer has (`run_id`,
 * `created_at` …): that `required` was meant for the `Run` which is made of it.
 */
function requestSchemas(schemas: Reference["schemas"]): Reference["schemas"] {
  const text = JSON.stringify(schemas["RunStream"], (key, value: unknown) =>
    key === "required" ? undefined : value,
  );
  return { ...schemas, RunStream: JSON.parse(text) as object };
}
