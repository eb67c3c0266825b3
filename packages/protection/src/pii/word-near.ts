import type { Span } from "./personal-data.ts";

/** Characters: a label and its value, "SSN of the applicant: 123456788". */
const BEFORE = 32;
/** "123456788 (SSN)". */
const AFTER = 24;

/** Whether a word stands close by that says what the number is. */
export function isWordNear(text: string, { start, end }: Span, words: RegExp): boolean {
  return (
    words.test(text.slice(Math.max(0, start - BEFORE), start)) ||
    words.test(text.slice(end, end + AFTER))
  );
}
