import { readSettings } from "@llamaagent/core";
import { expect, it } from "vitest";
import { oidcSettings } from "./oidc-settings.ts";

const issuer = {
  name: "corp",
  issuer: "https://id.example.com",
  jwks_uri: "https://id.example.com/jwks",
  audience: "llamaagent",
  tenant: "0199a6f0-0000-7000-8000-00000000000b",
  roles: ["viewer"],
};
const read = (LLAMAAGENT_OIDC_ISSUERS: string) =>
  readSettings(oidcSettings, { LLAMAAGENT_OIDC_ISSUERS }).LLAMAAGENT_OIDC_ISSUERS;

it("takes an issuer, with algorithms that nobody signs with who only verifies", () => {
  expect(read(JSON.stringify([issuer]))).toEqual([
    {
      ...issuer,
      typ: "at+jwt",
      subject_claim: "sub",
      scopes: "optional",
      algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
    },
  ]);
});

it.each<[string, unknown, RegExp]>([
  ["what is no JSON", undefined, /a JSON array of issuers/],
  ["none", [], /a JSON array of issuers/],
  ["a shared secret", [{ ...issuer, algorithms: ["HS256"] }], /0\.algorithms\.0/],
  ["no signature", [{ ...issuer, algorithms: ["none"] }], /0\.algorithms\.0/],
  ["keys over plain HTTP", [{ ...issuer, jwks_uri: "http://id.example.com/jwks" }], /https:\/\//],
  ["a role that is none", [{ ...issuer, roles: ["root"] }], /0\.roles/],
  ["a tenant that is no id", [{ ...issuer, tenant: "acme" }], /0\.tenant/],
  ["no audience", [{ ...issuer, audience: undefined }], /0\.audience/],
  ["a field that is none", [{ ...issuer, audiences: [] }], /audiences/],
  ["one name twice", [issuer, { ...issuer, issuer: "https://other" }], /the same name/],
  ["one issuer twice", [issuer, { ...issuer, name: "other" }], /the same issuer/],
])("refuses %s", (_what, given, fault) => {
  expect(() => read(given === undefined ? "nonsense" : JSON.stringify(given))).toThrow(fault);
});

it("takes keys over plain HTTP from this machine", () => {
  const local = { ...issuer, jwks_uri: "http://127.0.0.1:9/jwks" };
  expect(read(JSON.stringify([local]))).toHaveLength(1);
});
