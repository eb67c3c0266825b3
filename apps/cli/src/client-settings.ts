import { type Client, createClient } from "@llamaagent/client";
import { type Environment, readSettings, tlsSettings } from "@llamaagent/core";
import { z } from "zod";

export const DEFAULT_URL = "http://127.0.0.1:8000";

export const clientSettings = z.object({
  LLAMAAGENT_URL: z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })
    .default(DEFAULT_URL)
    .describe(
      "The server that `llamaagent run`, `runs`, `agents`, `threads`, `schedules`, `queue`, `keys`, `tenants` and `audit` talk to.",
    ),
  LLAMAAGENT_API_KEY: z.string().optional().describe("Sent to that server."),
  ...tlsSettings.shape,
});

/** The client, and its server's URL without a slash at the end. Throws `invalid_configuration`. */
export function clientOf(env: Environment): { client: Client; url: string } {
  const { LLAMAAGENT_URL, LLAMAAGENT_API_KEY } = readSettings(clientSettings, env);
  const url = LLAMAAGENT_URL.replace(/\/+$/, "");
  return { url, client: createClient({ url, apiKey: LLAMAAGENT_API_KEY }) };
}
