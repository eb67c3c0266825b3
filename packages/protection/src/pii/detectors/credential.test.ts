import { describe, expect, it } from "vitest";
import { words } from "../test/words.ts";
import { credential } from "./credential.ts";

/** Random letters and digits of a length: no key, but written like one; scanners are not to find it here. */
const random = (length: number): string => "aB3dE5gH7jK9mN1pQ2sT4vW6".repeat(20).slice(0, length);
const hex = (length: number): string => "0123456789abcdef".repeat(10).slice(0, length);

describe("credentials", () => {
  it.each([
    ["this server", `la_k1_${random(43)}`],
    ["OpenAI", `sk-proj-${random(48)}`],
    ["OpenAI, short", "sk-proj-abcDEF123456"],
    ["Anthropic", `sk-ant-api03-${random(40)}-${random(40)}AA`],
    ["AWS", "AKIAIOSFODNN7EXAMPLE"],
    ["Google", `AIza${random(35)}`],
    ["Google, OAuth", `ya29.${random(60)}`],
    ["GitHub", `ghp_${random(36)}`],
    ["GitHub, fine-grained", `github_pat_${random(22)}_${random(59)}`],
    ["GitLab", `glpat-${random(20)}`],
    ["Slack", `xoxb-123456789012-1234567890123-${random(24)}`],
    ["Slack, webhook", `hooks.slack.com/services/T0000/B0000/${random(24)}`],
    ["Stripe", `sk_live_${random(24)}`],
    ["Twilio", `SK${hex(32)}`],
    ["SendGrid", `SG.${random(22)}.${random(43)}`],
    ["npm", `npm_${random(36)}`],
    ["PyPI", `pypi-AgEIcHlwaS5vcmc${random(60)}`],
    ["Hugging Face", `hf_${random(34)}`],
    ["Azure, client secret", `abc8Q~${random(34)}`],
    ["Azure, AI services", `${random(52)}JQQJ99${random(26)}`],
    ["Standard Webhooks", "whsec_ZXhhbXBsZSBvbmx5LCBub3QgYSByZWFs"],
    ["a JSON web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
    ["a JSON web token without a signature", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."],
    ["an encrypted JSON web token", "eyJhbGciOiJkaXIifQ..aXZpdml2.Y2lwaGVy.dGFn"],
    ["Telegram", `123456789:AA${random(33)}`],
  ])("of %s: %s", (_vendor, key) => {
    expect(words(credential, `{"value":"${key}"} and ${key}`)).toEqual([key, key]);
  });

  it.each([
    ["authorization: Bearer abc.def-123456", ["abc.def-123456"]],
    ['"Authorization": "Bearer onlyletters"', ["onlyletters"]],
    ["Authorization: Basic dXNlcjpodW50ZXIy", ["dXNlcjpodW50ZXIy"]],
    ["curl -H 'Basic dXNlcjpodW50ZXIy'", ["dXNlcjpodW50ZXIy"]],
    ["Authorization: Token 0123456789abcdef", ["0123456789abcdef"]],
    ["postgres://user:hunter2@db:5432/x", ["hunter2"]],
    ["redis://:hunter2@cache, amqp://a:p@ss@host/", ["hunter2", "p@ss"]],
    ["OPENAI_API_KEY=hunter2 node main.js", ["hunter2"]],
    ["/callback?access_token=hunter2&x=1", ["hunter2"]],
    ["password=hunter2; db_password='p(ss)w'", ["hunter2", "p(ss)w"]],
    ['"password": "hunter2", "apiKey":"correct-horse"', ["hunter2", "correct-horse"]],
    ["api_key: abc123def", ["abc123def"]],
    ['client_secret = "correcthorse"', ["correcthorse"]],
    [
      `aws_secret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`,
      ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ],
    [`Twilio auth token ${hex(32)}`, [hex(32)]],
    [`Ocp-Apim-Subscription-Key: ${hex(32)}`, [hex(32)]],
    [`AccountName=x;AccountKey=${random(86)}==;`, [`AccountKey=${random(86)}==`]],
  ])("where they stand says so: %s", (text, found) => {
    expect([...new Set(words(credential, text))]).toEqual(found);
  });

  it.each(["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])(
    "of a PEM block: %s",
    (label) => {
      const lines = `${random(64)}\n${random(64)}\n${random(20)}==`;
      const block = `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----`;
      expect(words(credential, `key:\n${block}\nthe end`)).toEqual([block]);
      const inJson = block.replaceAll("\n", "\\n");
      expect(words(credential, `{"key":"${inJson}","x":1}`)).toEqual([inJson]);
      const cut = `-----BEGIN ${label}-----\n${lines.slice(0, 100)}`;
      expect(words(credential, `${cut}\nthe end`)).toEqual([cut]);
    },
  );

  it.each([
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "sk-learn-based and pk-fields-of-tables, risk-123456789",
    `${hex(40)} is a commit, ${hex(32)} a checksum`,
    `aws s3 cp, version ${hex(40)}`,
    "Basic understanding, basic authentication, the bearer certificate",
    "password: eight characters or more, password=$PASSWORD, secret: ${{ secrets.X }}",
    "token=read(), secret=keys[0], api_key=None, password=<password>",
    '"password": "[redacted]", secret=[credential:22d1c551f165], api_key: "********"',
    '"password": "<your-password>", "secret": "<credential_1>"',
    "next_page_token=abc123 max_tokens=100 tokens=12 primary_key=id",
    "http://localhost:8000/a@b and https://example.com/~user:x",
    "eyJust.a.word",
  ])("are not: %s", (text) => {
    expect(words(credential, text)).toEqual([]);
  });
});
