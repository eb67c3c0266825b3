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
  LLAMAAGENT_AUTH: z
    .enum(["off", "required"])
    .optional()
    .describe(
      "Whether every request must carry an API key (`Authorization: Bearer` or `x-api-key`): left out, `off` where HOST is loopback, and `required` elsewhere",
    ),
  ...fetchSettings.shape,
});
type ApiSettings = z.infer<typeof apiSettings>;

export function asksForKeys({ HOST, LLAMAAGENT_AUTH }: ApiSettings): boolean {
  return LLAMAAGENT_AUTH === undefined ? !isLoopback(HOST) : LLAMAAGENT_AUTH === "required";
}

/**
 * Refuses another address than loopback without keys. Call it on the whole settings object: it is
 * listed together with their other faults.
 */
export function withGuardedHost<Shape extends typeof apiSettings.shape>(
  settings: z.ZodObject<Shape>,
): z.ZodObject<Shape> {
  return settings.refine(
    (value) => {
      // The shape extends apiSettings'; HOST may be missing where another fault was found first.
      const { HOST, LLAMAAGENT_AUTH } = value as Partial<ApiSettings>;
      return HOST === undefined || isLoopback(HOST) || LLAMAAGENT_AUTH !== "off";
    },
    {
      path: ["LLAMAAGENT_AUTH"],
      error: "must not be `off` where HOST is not a loopback address",
      when: () => true,
    },
  );
}
