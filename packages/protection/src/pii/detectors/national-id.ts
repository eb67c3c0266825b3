import type { Detector, Span } from "../personal-data.ts";
import { isWordNear } from "../word-near.ts";
import { nationalIds } from "./national-id-forms.ts";

/** A part of a word or of a number with a fraction is none; most words are turned down for having no digit. */
const candidate = new RegExp(
  `\\b(?=[A-Za-z]{0,6}[ -]?\\d)(?<![\\w-]|\\d[.,])(?:${nationalIds.map(({ form }) => form).join("|")})(?![\\w-]|[.,]\\d)`,
);

const forms = nationalIds.map((id) => ({
  ...id,
  pattern: new RegExp(`(?:${id.form})(?![\\w-]|[.,]\\d)`, "y"),
}));

function* find(text: string): Iterable<Span> {
  const candidates = new RegExp(candidate, "g");
  for (let match = candidates.exec(text); match; match = candidates.exec(text)) {
    const span = idAt(text, match.index);
    // Several countries' may begin here, and another within a candidate that is none.
    candidates.lastIndex = span?.end ?? match.index + 1;
    if (span) yield span;
  }
}

function idAt(text: string, start: number): Span | undefined {
  for (const { pattern, words, isValid } of forms) {
    pattern.lastIndex = start;
    const written = pattern.exec(text)?.[0];
    if (written === undefined) continue;
    const span = { start, end: start + written.length };
    if ((!words || isWordNear(text, span, words)) && isValid(written)) return span;
  }
  return undefined;
}

/** Numbers by which states and their insurances know a person, checked by the countries' own rules. */
export const nationalId: Detector = {
  kind: "national_id",
  mayHold: (text) => candidate.test(text),
  find,
};
