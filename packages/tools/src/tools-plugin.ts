import { definePlugin, defineTool } from "@llamaagent/core";
import { z } from "zod";
import { isTimeZone } from "./current-time.ts";

const FilePath = z.string().min(1).max(1024);
const Pattern = z
  .string()
  .min(1)
  .max(200)
  .describe("Only files that match, e.g. '*.md' or 'docs/**/*.txt'");

/** The built-in tools. Their bodies are imported at the first call. */
export const toolsPlugin = definePlugin({
  tools: [
    defineTool({
      name: "read_file",
      description:
        "Reads a text file of the workspace, whole or by lines. Gives at most 256 KiB; where 'truncated' is true, read on from end_line + 1.",
      input: z
        .strictObject({
          path: FilePath.describe("Relative to the workspace, e.g. 'docs/notes.md'"),
          start_line: z.number().int().min(1).optional().describe("First line, from 1"),
          end_line: z.number().int().min(1).optional().describe("Last line, inclusive"),
        })
        .refine((v) => (v.end_line ?? Infinity) >= (v.start_line ?? 1), {
          path: ["end_line"],
          message: "must not be before start_line",
        }),
      effect: "none",
      timeoutSeconds: 30,
      execute: async (input, context) =>
        (await import("./files/read-file.ts")).readWorkspaceFile(input, context),
    }),
    defineTool({
      name: "list_files",
      description:
        "Lists the files of the workspace, folders included, with their sizes; at most 1000.",
      input: z.strictObject({
        path: FilePath.default(".").describe("A folder; the whole workspace if left out"),
        pattern: Pattern.optional(),
      }),
      effect: "none",
      timeoutSeconds: 30,
      execute: async (input, context) =>
        (await import("./files/list-files.ts")).listWorkspaceFiles(input, context),
    }),
    defineTool({
      name: "search_files",
      description:
        "Finds lines in the workspace's text files by plain text, in any case. Lines with the whole phrase come first, then those with most of its words. Each match gives path, line number and text.",
      input: z.strictObject({
        query: z.string().trim().min(1).max(500).describe("A word, several words, or a phrase"),
        path: FilePath.default(".").describe("A folder or a file; everything if left out"),
        pattern: Pattern.optional(),
        max_results: z.number().int().min(1).max(200).default(50),
      }),
      effect: "none",
      timeoutSeconds: 30,
      execute: async (input, context) =>
        (await import("./files/search-files.ts")).searchWorkspaceFiles(input, context),
    }),
    defineTool({
      name: "calculator",
      description:
        "Computes an arithmetic expression: + - * / % (remainder) ^ brackets, sqrt abs round floor ceil min max ln log (base 10) log2 exp sin cos tan, pi, e. To 15 significant digits.",
      input: z.strictObject({
        expression: z.string().min(1).max(1000).describe("e.g. '(3 + 4) * 2 ^ 3'"),
      }),
      effect: "none",
      timeoutSeconds: 5,
      execute: async ({ expression }) => ({
        result: (await import("./calculator/calculate.ts")).calculate(expression),
      }),
    }),
    defineTool({
      name: "current_time",
      description: "Tells the date, the time and the day of the week.",
      input: z.strictObject({
        time_zone: z
          .string()
          .max(100)
          .refine(isTimeZone, "must be an IANA time zone, e.g. 'Europe/Berlin'")
          .default("UTC"),
      }),
      effect: "none",
      timeoutSeconds: 5,
      execute: async ({ time_zone }, { now }) =>
        (await import("./current-time.ts")).currentTime(now(), time_zone),
    }),
  ],
});
