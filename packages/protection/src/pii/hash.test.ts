import { describe, expect, it } from "vitest";
import { findPersonalData } from "./find-personal-data.ts";
import { hashedWord } from "./hash.ts";

const key = Buffer.alloc(32, 1);

describe("hashedWord", () => {
  it("is HMAC-SHA-256 of the kind and the value, cut to 48 bits", () => {
    // printf 'email\0ada@example.com' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…
    expect(hashedWord("email", "ada@example.com", { key })).toBe("[email:22d1c551f165]");
  });

  it.each([
    ["email", ["ada@example.com", "Ada@Example.com", "ada%40example.com"]],
    ["phone", ["+49 30 901820", "+4930901820", "0049 30 901820", "(030) 901820"]],
    ["card", ["4111 1111 1111 1111", "4111111111111111", "４１１１-１１１１-１１１１-１１１１"]],
    ["iban", ["DE89 3704 0044 0532 0130 00", "de89370400440532013000"]],
    ["national_id", ["X-2482300-W", "X2482300W"]],
    ["machine_address", ["2001:DB8::1", "2001:db8::1"]],
  ] as const)("is the same for the same %s, however it is written", (kind, written) => {
    const words = written.map((value) => hashedWord(kind, value, { key, defaultCountry: "DE" }));
    expect(new Set(words).size).toBe(1);
  });

  it("differs by value, kind and key, and is found no more", () => {
    const words = [
      hashedWord("email", "ada@example.com", { key }),
      hashedWord("email", "bob@example.com", { key }),
      hashedWord("credential", "ada@example.com", { key }),
      hashedWord("credential", "ADA@example.com", { key }),
      hashedWord("email", "ada@example.com", { key: Buffer.alloc(32, 2) }),
    ];
    expect(new Set(words).size).toBe(5);
    expect(findPersonalData(words.join(" "))).toEqual([]);
  });
});
