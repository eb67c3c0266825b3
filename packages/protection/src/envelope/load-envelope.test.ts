import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "@llamaagent/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { envelopeSettings, loadEnvelope } from "./load-envelope.ts";
import { startVaultDouble } from "./test/vault-double.ts";

const base64 = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const place = { tenantId: "t", table: "webhook_keys", row: "r", column: "secret" };
type Options = Parameters<typeof loadEnvelope>[1];
const load = (env: Record<string, string>, options?: Options) =>
  loadEnvelope(readSettings(envelopeSettings, env), options);

describe("the envelope of a process", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "llamaagent-envelope-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("has the keys that are given, in files, and in Vault, which is asked once", async () => {
    const vault = await startVaultDouble();
    const path = join(folder, "key");
    await writeFile(path, `${base64(2)}\n`, { mode: 0o600 });
    const ciphertext = vault.encrypt(Buffer.alloc(32, 3));
    const envelope = await load({
      LLAMAAGENT_MASTER_KEYS: `3:kms:vault:${ciphertext},2:file:${path},1:${base64(1)}`,
      LLAMAAGENT_VAULT_URL: vault.url,
      LLAMAAGENT_VAULT_TOKEN: vault.token,
    });
    await vault.close();
    const sealed = envelope.seal("x", place);
    expect(sealed).toMatch(/^sealed1\.3\./);
    expect(envelope.open(sealed, place).toString()).toBe("x");
    for (const version of [1, 2, 3]) {
      const one = await load({ LLAMAAGENT_MASTER_KEYS: `${version}:${base64(version)}` });
      expect(envelope.open(one.seal("y", place), place).toString()).toBe("y");
    }
    expect(vault.requests).toHaveLength(1);
  });

  it("has one of its own where none is set, if it is told where", async () => {
    const ownKeyFile = join(folder, "master-key");
    const sealed = (await load({}, { ownKeyFile })).seal("x", place);
    expect((await load({}, { ownKeyFile })).open(sealed, place).toString()).toBe("x");
    const set = `2:${base64(2)},1:file:${ownKeyFile}`;
    const rotated = await load({ LLAMAAGENT_MASTER_KEYS: set }, { ownKeyFile });
    expect(rotated.version).toBe(2);
    expect(rotated.open(sealed, place).toString()).toBe("x");
  });

  it("seals nothing where there is no key", async () => {
    expect((await load({})).version).toBeUndefined();
  });

  it("says all that is wrong with its keys, and nothing of them", async () => {
    const open = join(folder, "open");
    await writeFile(open, base64(2));
    await chmod(open, 0o644);
    const keys = `1:${base64(1)},2:file:${open},3:file:${join(folder, "none")},4:${base64(1)},5:kms:vault:x`;
    await expect(load({ LLAMAAGENT_MASTER_KEYS: keys })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: [
        `LLAMAAGENT_MASTER_KEYS: key 2: ${open} may be read by others (mode 644): chmod 600 it`,
        `LLAMAAGENT_MASTER_KEYS: key 3: ${join(folder, "none")} cannot be read`,
        "LLAMAAGENT_MASTER_KEYS: key 5: needs LLAMAAGENT_VAULT_URL and LLAMAAGENT_VAULT_TOKEN",
        "LLAMAAGENT_MASTER_KEYS: keys 1 and 4 are one and the same",
      ].join("\n"),
    });
  });

  it("refuses a master key of another length from Vault", async () => {
    const vault = await startVaultDouble();
    const loading = load({
      LLAMAAGENT_MASTER_KEYS: `1:kms:vault:${vault.encrypt(Buffer.alloc(16))}`,
      LLAMAAGENT_VAULT_URL: vault.url,
      LLAMAAGENT_VAULT_TOKEN: vault.token,
    });
    await expect(loading).rejects.toThrow("key 1: what vault has decrypted is not of 32 bytes");
    await vault.close();
  });
});
