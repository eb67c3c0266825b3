import { describe, expect, it } from "vitest";
import { detectors } from "./detectors.ts";
import { foldText } from "./fold-text.ts";

const BYTES = 1_000_000;
/**
 * Linear time is some tenths of a second; what grows with the square of the length takes minutes.
 * The bound lies between, for slow machines, and is on the CPU's time, for busy ones. Whoever may
 * send a text decides what is in it.
 */
const BOUND_SECONDS = 2;

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const hostile: Record<string, string[]> = {
  credential: [
    "a-",
    "A_",
    "a://",
    "://a:",
    "-eyJaaaaa",
    "eyJaaaaa.-",
    "la_a-",
    "Bearer ",
    "_token-",
    "sk-",
    "password=",
    "secret: a",
    "-----BEGIN PRIVATE KEY-----",
    '-----BEGIN PRIVATE KEY----- "',
    "-----END PRIVATE KEY-----",
    "aZ9/",
    "aws 0123456789abcdefABCDEF0123456789abcdefAB ",
    "12345678:AA",
  ],
  iban: ["DE89", "DE89 ", "AD12 ", "MT84MALT01100001234 ", "GB29 NWBK 6016 1331 9268 18 "],
  card: ["4", "4 ", "41 ", "4111 ", "4111-1111-1111-1112 ", "4222222222222 "],
  email: ["@", "a@", "a@a", "%40", "a.", "@a.", "a@a.a-", "a@b.c.d.e.f.g.h.", "://a@"],
  national_id: [
    "1",
    "1 ",
    "12",
    "123-45-",
    "536-90-0000 ",
    "aaaaaa11",
    "ssn 000000001 ",
    "pesel cpf idnr 12345678901 ",
    "2 95 10 99 126 111 94 ",
    "2341 2341 2345 ",
  ],
  machine_address: [
    "1.",
    "1.1.1.1",
    "1.1.1.1 ",
    ":",
    "::",
    "a:",
    "1:2:",
    "00:",
    "ab-",
    "::1:",
    "8.8.8.8",
  ],
  phone: [
    "+",
    "+1",
    "+1 ",
    "+1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 ",
    "+1111111",
    "0049 1 1 1 1 1 1 1 ",
    "1",
    "1 ",
    "12 ",
    "03 0",
    "030 1 ",
    "(0",
    "%2B1",
  ],
};

describe.each(detectors)("looking for: $kind", (detector) => {
  it.each([...(hostile[detector.kind] ?? []), " ", "aA1 "])(
    "a megabyte of '%s' takes linear time",
    (piece) => {
      const text = piece.repeat(BYTES / piece.length);
      const find = () => Array.from(detector.find(text, { defaultCountry: "DE" }));
      expect(cpuSeconds(find)).toBeLessThan(BOUND_SECONDS);
    },
    60_000,
  );
});

it.each(["\u200b", "１", "𝟏", "٣a", "–", "é"])(
  "folding a megabyte of '%s' takes linear time",
  (piece) => {
    const text = piece.repeat(BYTES / 2);
    expect(cpuSeconds(() => foldText(text))).toBeLessThan(BOUND_SECONDS);
  },
);
