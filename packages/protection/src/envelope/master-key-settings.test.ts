import { inspect } from "node:util";
import { readSettings } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { envelopeSettings } from "./load-envelope.ts";

const BASE64 = Buffer.alloc(32, 0xab).toString("base64");
const read = (LLAMAAGENT_MASTER_KEYS: string) =>
  readSettings(envelopeSettings, { LLAMAAGENT_MASTER_KEYS });

describe("LLAMAAGENT_MASTER_KEYS", () => {
  it("reads keys of all sources in their order, between commas and white space", () => {
    const text = `3:kms:vault:vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zo=\n2:file:/run/secrets/key, 1:${BASE64},\n`;
    expect(read(text).LLAMAAGENT_MASTER_KEYS).toEqual([
      {
        version: 3,
        kind: "kms",
        adapter: "vault",
        ciphertext: "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zo=",
      },
      { version: 2, kind: "file", path: "/run/secrets/key" },
      { version: 1, kind: "given", key: expect.objectContaining({ version: 1 }) },
    ]);
  });

  it("has read settings show no key", () => {
    const settings = read(`1:${BASE64}`);
    for (const shown of [inspect(settings, { depth: Infinity }), JSON.stringify(settings)]) {
      expect(shown).not.toContain(BASE64.slice(0, 8));
      expect(shown).not.toContain("abababab");
    }
  });

  it.each([
    ["no version", BASE64, /`<version>:<source>,…`/],
    ["the version 0", `0:${BASE64}`, /`<version>:<source>,…`/],
    ["a version that is no number", `one:${BASE64}`, /`<version>:<source>,…`/],
    ["a version with a zero before it", `01:${BASE64}`, /`<version>:<source>,…`/],
    ["no source", "1:", /`<version>:<source>,…`/],
    ["nothing", " ,\n", /`<version>:<source>,…`/],
    ["one version twice", `1:${BASE64},1:file:/x`, /no two keys the same/],
    ["31 bytes", `1:${Buffer.alloc(31, 0xab).toString("base64")}`, /key 1 must be 32 bytes/],
    ["33 bytes", `2:${Buffer.alloc(33, 0xab).toString("base64")}`, /key 2 must be 32 bytes/],
    ["a key that was cut off", `1:${BASE64.slice(0, -2)}`, /key 1 must be 32 bytes/],
    ["a key without its padding", `1:${BASE64.slice(0, -1)}`, /key 1 must be 32 bytes/],
    ["a foreign letter", `1:${BASE64.slice(0, 20)}*${BASE64.slice(20)}`, /key 1 must be 32 bytes/],
    ["hexadecimal", `1:${"ab".repeat(32)}`, /key 1 must be 32 bytes/],
    ["a passphrase", "1:correct-horse-battery-staple-q6ur", /key 1 must be 32 bytes/],
    ["a service that is none", `1:kms:aws:${BASE64}`, /key 1 must be 32 bytes/],
    ["no file", "1:file:", /key 1 must be 32 bytes/],
  ])("refuses %s, and never shows it", (_what, given, fault) => {
    expect(() => read(given)).toThrow(fault);
    expect(() => read(given)).not.toThrow(/q6ur|abab|staple/);
  });
});

it.each([
  ["LLAMAAGENT_VAULT_URL", "http://vault.internal:8200", /must begin with https/],
  ["LLAMAAGENT_VAULT_TOKEN", "hvs.x\nx-other: y", /printable ASCII/],
  ["LLAMAAGENT_VAULT_KEY", "../../sys/seal", /letters, digits/],
])("refuses %s=%s", (name, value, fault) => {
  expect(() => readSettings(envelopeSettings, { [name]: value })).toThrow(fault);
});

it("takes Vault on this machine without TLS", () => {
  const LLAMAAGENT_VAULT_URL = "http://127.0.0.1:8200";
  expect(readSettings(envelopeSettings, { LLAMAAGENT_VAULT_URL })).toMatchObject({
    LLAMAAGENT_VAULT_URL,
    LLAMAAGENT_VAULT_KEY: "llamaagent",
  });
});
