import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startVaultDouble, type VaultDouble } from "./test/vault-double.ts";
import { vaultTransit } from "./vault-transit.ts";

describe("Vault's transit engine, by a double of it", () => {
  let vault: VaultDouble;
  let pauses: number[];
  beforeEach(async () => {
    vault = await startVaultDouble();
    pauses = [];
  });
  afterEach(() => vault.close());

  const service = (fields: { url?: string; token?: string; key?: string } = {}) =>
    vaultTransit({
      url: vault.url,
      token: vault.token,
      key: "llamaagent",
      fetch,
      sleep: async (ms) => void pauses.push(ms),
      ...fields,
    });
  const masterKey = Buffer.alloc(32, 7);

  /** Why it was refused; never with the token in it. */
  async function refusal(decrypting: Promise<Buffer>): Promise<unknown> {
    const error: unknown = await decrypting.then(
      () => expect.unreachable(),
      (reason: unknown) => reason,
    );
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(vault.token);
    return error;
  }

  it("decrypts a master key, by its token", async () => {
    const decrypted = await service().decrypt(vault.encrypt(masterKey));
    expect(decrypted.equals(masterKey)).toBe(true);
    const [{ url, headers } = { url: "", headers: {} }] = vault.requests;
    expect(url).toBe("/v1/transit/decrypt/llamaagent");
    expect(headers["x-vault-request"]).toBe("true");
    await service({ url: `${vault.url}/` }).decrypt(vault.encrypt(masterKey));
    expect(vault.requests).toHaveLength(2);
  });

  it("is asked again while it is sealed, has too much to do, or cuts the connection", async () => {
    vault.next.push(503, "cut", 429, 500);
    const decrypted = await service().decrypt(vault.encrypt(masterKey));
    expect(decrypted.equals(masterKey)).toBe(true);
    expect(pauses).toEqual([500, 1000, 2000, 4000]);
  });

  it("that is away in the end is a service that is away", async () => {
    vault.next.push(503, 503, 503, 503, 503);
    expect(await refusal(service().decrypt("vault:v1:x"))).toMatchObject({
      code: "service_unavailable",
      message: `Vault at ${vault.url} has not decrypted a master key in 5 attempts: it answered 503`,
    });
    const nobody = service({ url: "http://user:hidden@127.0.0.1:9" }).decrypt("vault:v1:x");
    const error = await refusal(nobody);
    expect(error).toMatchObject({ code: "service_unavailable" });
    expect(inspect(error)).not.toContain("hidden");
    expect(await refusal(service({ url: "http://127.0.0.1:9" }).decrypt("x"))).toMatchObject({
      message: expect.stringMatching(/ECONNREFUSED|no connection/),
    });
  });

  it.each([
    [400, /cannot decrypt the ciphertext \(400\): is it one of transit\/keys\/llamaagent\?/],
    [403, /lets LLAMAAGENT_VAULT_TOKEN not use transit\/decrypt\/llamaagent \(403\)/],
    [404, /has no transit\/decrypt\/llamaagent \(404\)/],
    [307, /redirects \(307\)/],
    [204, /answered 204, and no plaintext/],
  ])("that answers %i is not asked again", async (status, fault) => {
    vault.next.push(status);
    expect(await refusal(service().decrypt("vault:v1:x"))).toMatchObject({
      code: "invalid_configuration",
      message: expect.stringMatching(fault),
    });
    expect(vault.requests).toHaveLength(1);
    expect(pauses).toEqual([]);
  });

  it("is refused what is wrong by the double itself, too", async () => {
    const ciphertext = vault.encrypt(masterKey);
    for (const [decrypting, fault] of [
      [service().decrypt(`${ciphertext.slice(0, -4)}AAAA`), /400/],
      [service({ token: "hvs.other" }).decrypt(ciphertext), /403/],
      [service({ key: "other" }).decrypt(ciphertext), /404/],
    ] as const)
      expect(await refusal(decrypting)).toMatchObject({ message: expect.stringMatching(fault) });
  });

  it.each(["", "{}", "null", '{"data":{"plaintext":"no base64!"}}', '{"data":{"plaintext":5}}'])(
    "whose answer is '%s' has none",
    async (body) => {
      vault.next.push({ body });
      expect(await refusal(service().decrypt("vault:v1:x"))).toMatchObject({
        code: "invalid_configuration",
      });
    },
  );
});
