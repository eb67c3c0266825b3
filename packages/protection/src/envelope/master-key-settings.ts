import { z } from "zod";
import { KEY_BYTES } from "./aes-gcm.ts";
import { type KmsAdapter, kmsAdapters } from "./key-management-service.ts";
import { createMasterKey, type MasterKey } from "./master-key.ts";

/** Where a master key is to be had. */
export type MasterKeySource = { version: number } & (
  | { kind: "given"; key: MasterKey }
  | { kind: "file"; path: string }
  /** `ciphertext`: the key as the key management service `adapter` has wrapped it. */
  | { kind: "kms"; adapter: KmsAdapter; ciphertext: string }
);

/** Up to nine digits: no two texts are one number. */
const ENTRY = /^([1-9]\d{0,8}):(.+)$/;

export const masterKeySettings = z.object({
  LLAMAAGENT_MASTER_KEYS: z
    .string()
    .transform((text, context): MasterKeySource[] => {
      const read = text
        .split(/[\s,]+/)
        .flatMap((entry) => (entry === "" ? [] : [readEntry(entry)]));
      const sources = read.filter((one) => typeof one !== "string");
      const fault =
        read.find((one) => typeof one === "string") ??
        (new Set(sources.map(({ version }) => version)).size < sources.length
          ? "must name no two keys the same"
          : undefined);
      if (fault === undefined && sources.length > 0) return sources;
      // Never what was given: it is a secret.
      context.addIssue({ code: "custom", message: fault ?? FORM });
      return z.NEVER;
    })
    .optional()
    .describe(
      "Keys of 32 bytes that stored secrets are encrypted with, as `<version>:<source>,…`, the same on all replicas: the first encrypts, all decrypt. A source is base64 (of `openssl rand -base64 32`), `file:<path>` or `kms:vault:<ciphertext>`: see docs/encryption.md. Left out, the embedded server makes one in LLAMAAGENT_DATA_DIR; elsewhere secrets cannot be stored",
    ),
});

const FORM =
  "must be `<version>:<source>,…`, each version a number from 1 to 999999999, each source 32 bytes in base64, `file:<path>` or `kms:vault:<ciphertext>`";

/** Or what is wrong with it. */
function readEntry(entry: string): MasterKeySource | string {
  const [, digits, source = ""] = ENTRY.exec(entry) ?? [];
  if (digits === undefined) return FORM;
  const version = Number(digits);
  const [, path] = /^file:(.+)$/.exec(source) ?? [];
  if (path !== undefined) return { version, kind: "file", path };
  const [, name, ciphertext] = /^kms:([a-z]+):(.+)$/.exec(source) ?? [];
  const adapter = kmsAdapters.find((one) => one === name);
  if (adapter !== undefined && ciphertext !== undefined)
    return { version, kind: "kms", adapter, ciphertext };
  const bytes = keyBytes(source);
  if (bytes === undefined)
    return `key ${version} must be ${KEY_BYTES} bytes in base64, as of \`openssl rand -base64 ${KEY_BYTES}\`, or \`file:<path>\`, or \`kms:vault:<ciphertext>\``;
  return { version, kind: "given", key: createMasterKey(version, bytes) };
}

/** Undefined for all but 32 bytes in standard base64: a key that was cut off decodes to something, too. */
export function keyBytes(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, "base64");
  return bytes.length === KEY_BYTES && bytes.toString("base64") === base64 ? bytes : undefined;
}
