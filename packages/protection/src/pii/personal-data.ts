import { z } from "zod";
import type { Country } from "./numbering-plans.ts";

/**
 * What is looked for. The order is that of how much each says of itself: where two detectors find
 * the same characters, the former is right.
 */
export const PersonalDataKind = z.enum([
  "credential",
  "iban",
  "card",
  "email",
  "national_id",
  "machine_address",
  "phone",
]);
export type PersonalDataKind = z.infer<typeof PersonalDataKind>;

/** From `start` to before `end`, in UTF-16 code units, as `slice` takes them. */
export interface Span {
  start: number;
  end: number;
}

export interface Finding extends Span {
  kind: PersonalDataKind;
}

export interface FindOptions {
  /** Whose phone numbers are found in their national form too. Absent: international ones alone. */
  defaultCountry?: Country | undefined;
  /** IP addresses that may stay, as they stand in the text. Absent: none but loopback's and such. */
  sparesAddress?: ((address: string) => boolean) | undefined;
}

export interface Search {
  /** A look that costs next to nothing: false where `find` finds nothing. */
  mayHold: (text: string) => boolean;
  /**
   * In texts that `foldText` made. Linear in their length, whoever wrote them: quantifiers are
   * bounded or consume what they match.
   */
  find: (text: string, options: FindOptions) => Iterable<Span>;
}

export interface Detector extends Search {
  kind: PersonalDataKind;
}
