import { HttpsUrl } from "@llamaagent/core";
import { z } from "zod";

export const vaultSettings = z.object({
  LLAMAAGENT_VAULT_URL: HttpsUrl.optional().describe(
    "HashiCorp Vault or OpenBao, for `kms:vault:` in LLAMAAGENT_MASTER_KEYS; asked at boot alone",
  ),
  LLAMAAGENT_VAULT_TOKEN: z
    .string()
    // Of what cannot stand in a header, `fetch` would say the value.
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII, without spaces")
    .optional()
    .describe("Its token, which needs `update` on `transit/decrypt/<key>` and nothing else"),
  LLAMAAGENT_VAULT_KEY: z
    .string()
    .regex(/^[\w.-]+$/, "must be of letters, digits, `_`, `.` and `-`")
    .default("llamaagent")
    .describe("Name of the key in its transit engine"),
});
