import { createHmac } from "node:crypto";
import { phoneNumber } from "./detectors/phone.ts";
import { foldText } from "./fold-text.ts";
import type { FindOptions, PersonalDataKind } from "./personal-data.ts";

/** Hexadecimal digits: 48 bits, of which two values share one among some 16 million. */
const DIGITS = 12;

/** The value itself, not how it was written: without separators, letters of one case. */
function canonical(kind: PersonalDataKind, value: string, options: FindOptions): string {
  const folded = foldText(value).text;
  if (kind === "credential") return value;
  if (kind === "email") return folded.replace("%40", "@").toLowerCase();
  if (kind === "machine_address") return folded.toLowerCase();
  const plain = folded.replaceAll(/[^A-Za-z0-9]/g, "").toUpperCase();
  return kind === "phone" ? (phoneNumber(folded, options) ?? plain) : plain;
}

/**
 * A word that is the same for the same value: HMAC-SHA-256 under a key of the tenant, cut short.
 * Without the key nobody can try out all phone numbers to find the one that it stands for.
 */
export function hashedWord(
  kind: PersonalDataKind,
  value: string,
  { key, ...options }: FindOptions & { key: Uint8Array },
): string {
  const hash = createHmac("sha256", key)
    .update(`${kind}\0${canonical(kind, value, options)}`)
    .digest("hex");
  return `[${kind}:${hash.slice(0, DIGITS)}]`;
}
