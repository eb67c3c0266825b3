import { countrySpecs, isValidIBAN } from "ibantools";
import type { Detector, Span } from "../personal-data.ts";

const isLetterOrDigit = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z0-9]/.test(character);

/** As many letters and digits as the country's IBANs have, single spaces or hyphens between them. */
function ibanAt(text: string, start: number, length: number): { iban: string; end: number } {
  let iban = "";
  let at = start;
  while (iban.length < length) {
    if (/[ -]/.test(text[at] ?? "") && iban !== "") at++;
    if (!isLetterOrDigit(text[at])) break;
    iban += text[at];
    at++;
  }
  return { iban: iban.toUpperCase(), end: at };
}

function* find(text: string): Iterable<Span> {
  for (const match of text.matchAll(/(?<![A-Za-z0-9])([A-Z]{2})\d\d(?=[ -]?[A-Z0-9])/gi)) {
    const length = countrySpecs[match[1]?.toUpperCase() ?? ""]?.chars;
    if (!length) continue;
    const { iban, end } = ibanAt(text, match.index, length);
    if (!isLetterOrDigit(text[end]) && isValidIBAN(iban)) yield { start: match.index, end };
  }
}

/** ISO 13616, by the registry's lengths and patterns and the checksum (mod 97). */
export const iban: Detector = {
  kind: "iban",
  mayHold: (text) => /(?<![A-Za-z0-9])[A-Z]{2}\d\d[ -]?[A-Z0-9]{4}/i.test(text),
  find,
};
