import { defineTool } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toolInfo } from "./tool-info.ts";

const named = { name: "t", description: "d", execute: async () => 1 };

describe("toolInfo", () => {
  it("gives the JSON Schema of what may be sent", () => {
    const input = z.strictObject({
      path: z.string().min(1).describe("Where"),
      depth: z.number().int().default(2),
    });
    expect(toolInfo(defineTool({ ...named, input, effect: "none" }))).toEqual({
      name: "t",
      description: "d",
      effect: "none",
      parameters: {
        type: "object",
        properties: {
          path: { type: "string", minLength: 1, description: "Where" },
          depth: {
            type: "integer",
            default: 2,
            minimum: Number.MIN_SAFE_INTEGER,
            maximum: Number.MAX_SAFE_INTEGER,
          },
        },
        required: ["path"],
        additionalProperties: false,
      },
    });
  });

  it("refuses an input that is no object, and one that JSON Schema can't say", () => {
    const text = defineTool({ ...named, input: z.string() });
    expect(() => toolInfo(text)).toThrow("tool 't': its input must be an object");
    const dated = defineTool({ ...named, input: z.object({ at: z.date() }) });
    expect(() => toolInfo(dated)).toThrow("tool 't': its input has no JSON Schema");
  });
});
