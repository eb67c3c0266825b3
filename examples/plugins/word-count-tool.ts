import { definePlugin, defineTool } from "@llamaagent/core";
import { z } from "zod";

/** People read about this many words a minute (Brysbaert 2019, doi 10.1016/j.jml.2019.104047). */
const wordsPerMinute = 238;

/** One tool in one file: `LLAMAAGENT_PLUGINS=./examples/plugins/word-count-tool.ts`. */
export const plugin = definePlugin({
  tools: [
    defineTool({
      name: "word_count",
      description:
        "Counts the words, characters and sentences of a text, in any language, and the minutes it takes to read it.",
      input: z.strictObject({
        text: z.string().max(1_000_000),
        language: z
          .string()
          .refine(isLanguage, "must be a language tag, e.g. 'en' or 'ja'")
          .default("en"),
      }),
      // Nothing outside changes, so after a crash the call may simply be made again.
      effect: "none",
      timeoutSeconds: 10,
      execute: async ({ text, language }) => {
        const words = count(text, language, "word");
        return {
          words,
          characters: count(text, language, "grapheme"),
          sentences: count(text, language, "sentence"),
          reading_minutes: Math.ceil(words / wordsPerMinute),
        };
      },
    }),
  ],
});

function count(text: string, language: string, granularity: "word" | "grapheme" | "sentence") {
  let found = 0;
  for (const part of new Intl.Segmenter(language, { granularity }).segment(text))
    // Between words the segments are spaces and signs.
    if (granularity === "grapheme" || /[\p{L}\p{N}]/u.test(part.segment)) found++;
  return found;
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
