import { z } from "zod";

export const pluginSettings = z.object({
  LLAMAAGENT_PLUGINS: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((specifier) => specifier.trim())
        .filter((specifier) => specifier !== ""),
    )
    .describe(
      "Plug-in modules, separated by commas: files (beginning with . or /) or package names. API and workers load the same.",
    ),
});
