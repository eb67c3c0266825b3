import { type PersonalDataKind, PersonalDataKind as kinds } from "./personal-data.ts";

/** What a token stands for: a value, or (`text`) a word that only looked like a token. */
export type TokenName = PersonalDataKind | "text";
const tokenNames: readonly TokenName[] = [...kinds.options, "text"];

const DIGITS_MAX = 9;
export const tokenWords = new RegExp(`<(?:${tokenNames.join("|")})_\\d{1,${DIGITS_MAX}}>`, "g");
const number = new RegExp(`^\\d{0,${DIGITS_MAX}}$`);

export const tokenWord = (name: TokenName, count: number): string => `<${name}_${count}>`;

/** Whether a text that begins with `<` could be a token once more has come. */
export const mayBecomeToken = (text: string): boolean =>
  tokenNames.some((name) => {
    const head = `<${name}_`;
    return head.startsWith(text) || (text.startsWith(head) && number.test(text.slice(head.length)));
  });
