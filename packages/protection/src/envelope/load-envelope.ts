import { AppError, isAppError } from "@llamaagent/core";
import { z } from "zod";
import { KEY_BYTES } from "./aes-gcm.ts";
import { createEnvelope, type Envelope } from "./envelope.ts";
import { readKeyFile } from "./key-file.ts";
import type { KeyManagementService, KmsAdapter } from "./key-management-service.ts";
import { createMasterKey, type MasterKey } from "./master-key.ts";
import { type MasterKeySource, masterKeySettings } from "./master-key-settings.ts";
import { ensureKeyFile } from "./own-key-file.ts";
import { vaultSettings } from "./vault-settings.ts";
import { vaultTransit } from "./vault-transit.ts";

export const envelopeSettings = z.object({ ...masterKeySettings.shape, ...vaultSettings.shape });
export type EnvelopeSettings = z.infer<typeof envelopeSettings>;

/**
 * The envelope of a process, at its boot: whatever holds a master key is asked now and never again, so that
 * sealing and opening wait for nobody. Errors: `invalid_configuration` with every fault,
 * `service_unavailable` where a key management service is away.
 */
export async function loadEnvelope(
  settings: EnvelopeSettings,
  options: {
    /** Where no keys are set, the key in this file is taken, and made if there is none. Absent: nothing can be sealed. */
    ownKeyFile?: string;
    fetch?: typeof fetch;
  } = {},
): Promise<Envelope> {
  const { ownKeyFile, fetch = globalThis.fetch } = options;
  const { LLAMAAGENT_MASTER_KEYS: sources } = settings;
  if (sources !== undefined) return createEnvelope(await loadAll(sources, settings, fetch));
  if (ownKeyFile === undefined) return createEnvelope([]);
  await ensureKeyFile(ownKeyFile);
  return createEnvelope([createMasterKey(OWN_VERSION, await readKeyFile(ownKeyFile))]);
}

/** Of the key that the embedded server makes. */
const OWN_VERSION = 1;

async function loadAll(
  sources: readonly MasterKeySource[],
  settings: EnvelopeSettings,
  fetch: typeof globalThis.fetch,
): Promise<MasterKey[]> {
  const outcomes = await Promise.allSettled(
    sources.map((source) => loadKey(source, (adapter) => adapters[adapter](settings, fetch))),
  );
  const keys: MasterKey[] = [];
  const faults: string[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") keys.push(outcome.value);
    else if (!isAppError(outcome.reason, "invalid_configuration")) throw outcome.reason;
    else faults.push(`key ${sources[index]?.version}: ${outcome.reason.message}`);
  }
  const twins = keys.filter(({ id }) => keys.filter((key) => key.id === id).length > 1);
  if (twins.length > 0)
    faults.push(`keys ${twins.map(({ version }) => version).join(" and ")} are one and the same`);
  if (faults.length === 0) return keys;
  const lines = faults.map((fault) => `LLAMAAGENT_MASTER_KEYS: ${fault}`);
  throw new AppError("invalid_configuration", { detail: lines.join("\n") });
}

async function loadKey(
  source: MasterKeySource,
  serviceOf: (adapter: KmsAdapter) => KeyManagementService,
): Promise<MasterKey> {
  const { version } = source;
  if (source.kind === "given") return source.key;
  if (source.kind === "file") return createMasterKey(version, await readKeyFile(source.path));
  const bytes = await serviceOf(source.adapter).decrypt(source.ciphertext);
  if (bytes.length !== KEY_BYTES)
    throw new AppError("invalid_configuration", {
      detail: `what ${source.adapter} has decrypted is not of ${KEY_BYTES} bytes`,
    });
  return createMasterKey(version, bytes);
}

type CreateService = (
  settings: EnvelopeSettings,
  fetch: typeof globalThis.fetch,
) => KeyManagementService;

const adapters: Record<KmsAdapter, CreateService> = {
  vault({ LLAMAAGENT_VAULT_URL: url, LLAMAAGENT_VAULT_TOKEN: token, ...rest }, fetch) {
    if (url === undefined || token === undefined)
      throw new AppError("invalid_configuration", {
        detail: "needs LLAMAAGENT_VAULT_URL and LLAMAAGENT_VAULT_TOKEN",
      });
    return vaultTransit({ url, token, key: rest.LLAMAAGENT_VAULT_KEY, fetch });
  },
};
