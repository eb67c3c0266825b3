import { describe, expect, it } from "vitest";
import { createSchemaFaults } from "../conformance/schema-faults.ts";
import { bodyExample } from "./body-example.ts";
import { readOwnOperations } from "./own-operations.ts";
import { shownExample } from "./shown-example.ts";

const { operations, schemas, headers } = await readOwnOperations();
const schemaFaults = createSchemaFaults(schemas);

describe.each(operations)("$method $path in the document", (operation) => {
  it("has a summary and errors", () => {
    expect(operation.summary ?? "").toMatch(/\w{3}/);
    const statuses = Object.keys(operation.responses);
    expect(statuses.filter((status) => Number(status) >= 400)).not.toEqual([]);
  });

  it("has an example of its body that its schema takes", () => {
    const example = bodyExample(operation, schemas);
    if (example) expect(schemaFaults(example.schema, example.value)).toEqual([]);
  });

  it("has an example of each parameter that it needs, which the parameter's schema takes", () => {
    for (const parameter of operation.parameters) {
      const { name, required, schema } = parameter;
      const example = shownExample(parameter, schemas);
      if (required) expect(example, name).toBeDefined();
      if (example !== undefined) expect(schemaFaults(schema, example), name).toEqual([]);
    }
  });

  it("has an example of what it answers, if it answers anything, which its schema takes", () => {
    const answers = Object.entries(operation.responses).filter(([status]) =>
      status.startsWith("2"),
    );
    for (const [status, { content = {} }] of answers) {
      expect(Object.keys(content), status).toHaveLength(status === "204" ? 0 : 1);
      for (const answer of Object.values(content)) {
        const example = shownExample(answer, schemas);
        expect(example, status).toBeDefined();
        expect(schemaFaults(answer.schema, example), status).toEqual([]);
      }
    }
  });
});

it.each(Object.entries(headers))("the header %s has an example, which it takes", (_, header) => {
  expect(schemaFaults(header.schema, header.example)).toEqual([]);
});

it("refers to each header of its components, and to no other", () => {
  const sent = operations.flatMap(({ responses }) =>
    Object.values(responses).flatMap((response) => Object.values(response.headers)),
  );
  const names = Object.keys(headers).map((name) => `#/components/headers/${name}`);
  expect(new Set(sent.map(({ $ref }) => $ref))).toEqual(new Set(names));
});

// Any JSON is its example.
const named = Object.entries(schemas).filter(([name]) => name !== "Json");
it.each(named)("the schema %s has examples, and takes them", (_, schema) => {
  const { examples = [] } = schema;
  expect(examples).not.toEqual([]);
  for (const example of examples) expect(schemaFaults(schema, example)).toEqual([]);
});
