import { fetchSettings } from "@llamaagent/tools/manifest";
import { z } from "zod";
import { isLoopback } from "./loopback.ts";

export const apiSettings = z.object({
  HOST: z.string().default("127.0.0.1").describe("Address that the API listens on"),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8000)
    .describe("Port that the API listens on; 0 is any free one"),
  LLAMAAGENT_API_KEY: z
    .string()
    .min(16, "must have at least 16 characters")
    // What a header cannot carry, no request could prove.
    .regex(/^[\x21-\x7e]*$/, "must have printable ASCII characters only, and no blanks")
    .optional()
    .describe(
      "Key that every request must carry (`Authorization: Bearer` or `x-api-key`), of at least 16 characters; needed where HOST is not loopback",
    ),
  ...fetchSettings.shape,
});
type ApiSettings = z.infer<typeof apiSettings>;

/**
 * Refuses another address than loopback without a key. Call it on the whole settings object: it is
 * listed together with their other faults.
 */
export function withGuardedHost<Shape extends typeof apiSettings.shape>(
  settings: z.ZodObject<Shape>,
): z.ZodObject<Shape> {
  return settings.refine(
    (value) => {
      // The shape extends apiSettings'; HOST may be missing where another fault was found first.
      const { HOST, LLAMAAGENT_API_KEY } = value as Partial<ApiSettings>;
      return HOST === undefined || isLoopback(HOST) || LLAMAAGENT_API_KEY !== undefined;
    },
    {
      path: ["LLAMAAGENT_API_KEY"],
      error: "is needed where HOST is not a loopback address",
      when: () => true,
    },
  );
}
