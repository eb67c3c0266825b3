import { seededRandom, testSeed } from "@llamaagent/testing/durability/seeded-random";
import { describe, expect, it } from "vitest";
import { findPersonalData } from "./find-personal-data.ts";
import { PersonalDataPolicy } from "./policy.ts";
import { protectPersonalData } from "./protect-personal-data.ts";
import { harmless } from "./test/words.ts";
import { createPersonalDataTokens } from "./tokens.ts";

const seed = testSeed();
const random = seededRandom(seed);
const next = (below: number): number => Math.floor(random() * below);
const oneOf = <Item>(items: readonly [Item, ...Item[]]): Item =>
  items[next(items.length)] ?? items[0];
const digits = (count: number): string => Array.from({ length: count }, () => next(10)).join("");
const ROUNDS = 1_000;

/** The digit that makes the sum right (ISO/IEC 7812-1), found by trying, unlike what is tested. */
function cardNumber(prefix: string, length: number): string {
  const body = prefix + digits(length - 1 - prefix.length);
  const sumOf = (number: string): number =>
    number
      .split("")
      .toReversed()
      .reduce((sum, digit, at) => {
        const doubled = String(Number(digit) * (at % 2 === 1 ? 2 : 1));
        return sum + doubled.split("").reduce((inner, each) => inner + Number(each), 0);
      }, 0);
  const check = Array.from({ length: 10 }, (_, digit) => digit).find(
    (digit) => sumOf(`${body}${digit}`) % 10 === 0,
  );
  return `${body}${check}`;
}

/** ISO 13616: the two digits that leave 1 of the whole, modulo 97. German ones have no checksum within. */
function germanIban(): string {
  const account = digits(18);
  const rest = BigInt(`${account}131400`) % 97n;
  return `DE${String(98n - rest).padStart(2, "0")}${account}`;
}

const schemes: [[string, number], ...[string, number][]] = [
  ["4", 16],
  ["51", 16],
  ["2720", 16],
  ["34", 15],
  ["6011", 16],
  ["3528", 16],
  ["62", 17],
];

const grouped = (text: string, separator: string): string =>
  (text.match(/.{1,4}/g) ?? []).join(separator);

describe(`of random texts (TEST_SEED=${seed})`, () => {
  it("finds every card and every IBAN, however it is grouped, whatever is around it", () => {
    for (let round = 0; round < ROUNDS; round++) {
      const kind = oneOf(["card", "iban"] as const);
      const plain = kind === "iban" ? germanIban() : cardNumber(...oneOf(schemes));
      const written = grouped(plain, oneOf(["", " ", "-"]));
      const [before, after] = [
        oneOf(["", "see ", '{"a":"', "("]),
        oneOf(["", ".", " and", '"}', ")"]),
      ];
      const text = `${before}${written}${after}`;
      expect(findPersonalData(text), text).toEqual([
        { kind, start: before.length, end: before.length + written.length },
      ]);
    }
  });

  const pieces = [
    ...harmless,
    "ada@example.com",
    "+49 30 901820",
    "4111 1111 1111 1111",
    "sk-proj-abcDEF123456",
    "203.0.113.7",
    "<email_1>",
    "<text_2>",
    "<",
    ">",
    "<phone_",
    "_1>",
    "password=",
    " ",
    "\u200b",
    "👍",
    "\ud800",
    "４",
  ] as const;
  const text = (): string =>
    Array.from({ length: next(12) }, () => pieces[next(pieces.length)]).join("");

  it("gives findings in order, none over another, each within the text", () => {
    for (let round = 0; round < ROUNDS; round++) {
      const written = text();
      let end = 0;
      for (const finding of findPersonalData(written, { defaultCountry: "US" })) {
        expect(finding.start, written).toBeGreaterThanOrEqual(end);
        expect(finding.end, written).toBeGreaterThan(finding.start);
        end = finding.end;
      }
      expect(end, written).toBeLessThanOrEqual(written.length);
    }
  });

  it("gives back what was there, from the whole and from pieces", () => {
    const policy = PersonalDataPolicy.parse({ model_input: { default: "token" } });
    const { modelInput } = protectPersonalData(policy, { hashKey: new Uint8Array(32) });
    for (let round = 0; round < ROUNDS; round++) {
      const tokens = createPersonalDataTokens();
      const written = text();
      const sent = modelInput(written, tokens);
      expect(tokens.restore(sent), written).toBe(written);
      const { push, end } = tokens.restorer();
      const size = 1 + next(5);
      let restored = "";
      for (let at = 0; at < sent.length; at += size) restored += push(sent.slice(at, at + size));
      expect(restored + end(), written).toBe(written);
    }
  });
});
