import { expect, it } from "vitest";
import { z } from "zod";
import { readSettings } from "./read-settings.ts";

const settings = z.object({
  URL: z.url({ error: "must be a URL" }),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  SECONDS: z.coerce.number().positive().max(300).default(120),
  LEVEL: z.enum(["low", "high"]).default("low"),
  KEY: z.string().min(4, "must have at least 4 characters").optional(),
});

function faults(schema: z.ZodObject, env: Record<string, string>): string[] {
  try {
    readSettings(schema, env);
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split("\n") : [];
  }
}

it("says of every variable what is wrong, in words of the environment", () => {
  const env = { URL: "x", PORT: "abc", SECONDS: "0", LEVEL: "loud", KEY: "k" };
  expect(faults(settings, env)).toEqual([
    "URL: must be a URL",
    "PORT: must be a whole number from 0 to 65535",
    "SECONDS: must be a number above 0, up to 300",
    "LEVEL: must be one of low, high",
    "KEY: must have at least 4 characters",
  ]);
});

it.each(["-1", "1.5", "-1.5", "65536", "NaN"])("says the range once of PORT=%s", (PORT) => {
  expect(faults(settings, { URL: "http://x", PORT })).toEqual([
    "PORT: must be a whole number from 0 to 65535",
  ]);
});

it("says that a variable is not set, where it is needed", () => {
  const needed = z.object({ A: settings.shape.URL, B: z.url().optional() }).required();
  expect(faults(needed, { B: "" })).toEqual(["A: is not set", "B: is not set"]);
});

it("keeps the words of a rule over several variables", () => {
  const ruled = settings.refine(() => false, { path: ["KEY"], error: "is needed here" });
  expect(faults(ruled, { URL: "http://x" })).toEqual(["KEY: is needed here"]);
});
