import { describe, expect, it } from "vitest";
import { type JsonSchema, openValues, type Schemas } from "./attacked-values.ts";

const schemas: Schemas = {
  Json: {
    anyOf: [
      { type: "string" },
      { type: "number" },
      { type: "array", items: { $ref: "#/components/schemas/Json" } },
      { type: "object", additionalProperties: { $ref: "#/components/schemas/Json" } },
    ],
  },
};
/** By place: the value with X there. */
const opened = (schema: JsonSchema, example?: unknown) =>
  Object.fromEntries(
    openValues(schema, example, schemas).map((open) => [
      `${open.isName ? "name " : ""}/${open.path.join("/")}`,
      open.with("X"),
    ]),
  );

describe("openValues", () => {
  it("opens each string of an example, and those that it leaves out", () => {
    const schema: JsonSchema = {
      type: "object",
      properties: {
        name: { type: "string" },
        kind: { type: "string", enum: ["a", "b"] },
        count: { type: "integer" },
        tags: { type: "array", items: { type: "string" } },
      },
      additionalProperties: false,
    };
    expect(opened(schema, { name: "n", count: 2 })).toEqual({
      "/name": { name: "X", count: 2 },
      "/kind": { name: "n", count: 2, kind: "X" },
      "/tags/0": { name: "n", count: 2, tags: ["X"] },
    });
  });

  it("opens names that may be chosen, and follows once what refers to itself", () => {
    const json = { $ref: "#/components/schemas/Json" };
    expect(opened({ type: "object", properties: { metadata: json } })).toEqual({
      "/metadata": { metadata: "X" },
      "name /metadata": { metadata: { X: "x" } },
    });
    expect(opened({ type: "object", additionalProperties: json })).toEqual({
      "/note": { note: "X" },
      "name /": { X: "x" },
      "name /note": { note: { X: "x" } },
    });
    expect(Object.keys(opened({ type: "object", additionalProperties: {} }))).toEqual([
      "/note",
      "name /",
    ]);
  });

  it("fills in what an alternative wants beside its string, and keeps to the example's", () => {
    const part = (type: string, field: string): JsonSchema => ({
      type: "object",
      properties: { type: { type: "string", const: type }, [field]: { type: "string" } },
      required: ["type", field],
    });
    const schema: JsonSchema = { oneOf: [part("text", "text"), part("link", "url")] };
    expect(opened(schema, { type: "link", url: "u" })).toEqual({
      "/type": { type: "X", url: "u" },
      "/text": { type: "text", text: "X" },
      "/url": { type: "link", url: "X" },
    });
  });

  it("puts what is no string into its place too", () => {
    const [open] = openValues({ type: "string" }, "a", schemas);
    expect(open?.with({ $gt: "" })).toEqual({ $gt: "" });
    const names = openValues({ type: "object", additionalProperties: true }, {}, schemas);
    const text = JSON.stringify(names.find(({ isName }) => isName)?.with("__proto__"));
    expect(text).toBe('{"__proto__":"x"}');
  });
});
