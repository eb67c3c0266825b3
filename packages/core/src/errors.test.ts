import { expect, it } from "vitest";
import { z } from "zod";
import { problemDetails } from "./errors.ts";

const Body = z
  .strictObject({
    input: z.union([z.string(), z.array(z.string())]),
    id: z.guid().optional(),
    parts: z.array(z.strictObject({ text: z.string() })).optional(),
    until: z.string().optional(),
  })
  .refine(({ until }) => until !== "", { path: ["since"], error: "goes with until" });

function details(value: unknown, prefix?: string[]) {
  const { error } = Body.safeParse(value);
  return error && problemDetails(error, { value, ...(prefix && { prefix }) });
}

it("calls a field that is missing required, in a union and in a list too", () => {
  expect(details({ parts: [{ text: "a" }, {}] })).toEqual([
    { pointer: "/input", message: "is required" },
    { pointer: "/parts/1/text", message: "is required" },
  ]);
  expect(details(undefined)).toEqual([{ pointer: "", message: "is required" }]);
});

it("does not call a field so that is there but wrong", () => {
  expect(details({ input: null })).toEqual([{ pointer: "/input", message: "Invalid input" }]);
});

it("names UUIDs, unknown fields and rules of ours", () => {
  expect(details({ input: "x", id: "x", other: 1 }, ["query"])).toEqual([
    { pointer: "/query/id", message: "must be a UUID" },
    { pointer: "/query/other", message: "unknown field" },
  ]);
  expect(details({ input: "x", until: "" })).toEqual([
    { pointer: "/since", message: "goes with until" },
  ]);
});
