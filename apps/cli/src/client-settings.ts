import { type Client, createClient } from "@llamaagent/client";
import { type Environment, readSettings } from "@llamaagent/core";
import { z } from "zod";

export const clientSettings = z.object({
  LLAMAAGENT_URL: z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })
    .default("http://127.0.0.1:8000")
    .describe("The server that `llamaagent run` and `llamaagent runs` talk to."),
  LLAMAAGENT_API_KEY: z.string().optional().describe("Sent to that server."),
});

/** Throws `invalid_configuration`. */
export function clientOf(env: Environment): Client {
  const settings = readSettings(clientSettings, env);
  return createClient({ url: settings.LLAMAAGENT_URL, apiKey: settings.LLAMAAGENT_API_KEY });
}
