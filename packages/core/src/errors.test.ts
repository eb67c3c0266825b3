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
  expect(details({ input: null })).toEqual([
    { pointer: "/input", message: "must be of type string or array" },
  ]);
});

it("says of a union what is wrong with the alternative that was tried for", () => {
  const Modes = z.union([z.enum(["a", "b"]), z.array(z.enum(["a", "b"])).max(2)]);
  const Part = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("text"), text: z.string() }),
    z.strictObject({ type: z.literal("json") }),
  ]);
  const Search = z.strictObject({ modes: Modes, parts: z.union([z.string(), z.array(Part)]) });
  const search = (modes: unknown, parts: unknown) => {
    const value = { modes, parts };
    return problemDetails(Search.safeParse(value).error as z.core.$ZodError, { value });
  };
  const option = { message: 'Invalid option: expected one of "a"|"b"' };
  expect(search("c", "")).toEqual([{ pointer: "/modes", ...option }]);
  expect(search(["a", "c"], "")).toEqual([{ pointer: "/modes/1", ...option }]);
  expect(search("a", [{ type: "text" }, { type: "json", text: "" }])).toEqual([
    { pointer: "/parts/0/text", message: "is required" },
    { pointer: "/parts/1/text", message: "unknown field" },
  ]);
  expect(search("a", [{ type: "sound" }])).toEqual([
    { pointer: "/parts/0/type", message: "is none of what it may be" },
  ]);
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

it("names the types of a union only where the value has none of them", () => {
  const Value = z.union([z.string().min(2), z.string().regex(/b/), z.number(), z.number().int()]);
  const message = (value: unknown) =>
    problemDetails(Value.safeParse(value).error as z.core.$ZodError, { value })[0]?.message;
  expect(message(true)).toBe("must be of type string or number");
  expect(message("a")).toBe("is none of what it may be");
});
