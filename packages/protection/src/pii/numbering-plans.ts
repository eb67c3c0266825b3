import type { CountryCode } from "libphonenumber-js/core";
import metadata from "libphonenumber-js/min/metadata";

/** ISO 3166-1 alpha-2. */
export type Country = CountryCode;
export const countries = Object.keys(metadata.countries) as Country[]; // that is what it is indexed by

/** E.164: a number has at most 15 digits; shorter than 7 are short codes, which are nobody's. */
const DIGITS_MIN = 7;
const DIGITS_MAX = 15;

interface NumberingPlan {
  callingCode: string;
  /** How calls abroad begin, e.g. `00`. */
  abroad: RegExp;
  trunkPrefix: string | undefined;
  /** The number without its trunk prefix; undefined where it is none of this country. */
  significant: (digits: string) => string | undefined;
}

/** Places of fields in the library's packed form, as its METADATA.md has them. */
const CALLING_CODE = 0;
const ABROAD = 1;
const NATIONAL_PATTERN = 2;
const TRUNK_PREFIX = 5;
const PREFIX_PATTERN = 7;
/** What becomes of a prefix that holds a part of the number, e.g. `9$1` in Argentina. */
const PREFIX_RULE = 8;

/**
 * Google's plans as libphonenumber-js packs them. The library's
 * own search was not taken: 10 kB of "+1 1 1 1 …" cost it a third of a second, and a number 50 µs.
 */
function createPlan(fields: readonly unknown[]): NumberingPlan {
  const text = (field: number): string | undefined => {
    const value = fields[field];
    return typeof value === "string" ? value : undefined;
  };
  const pattern = new RegExp(`^(?:${text(NATIONAL_PATTERN)})$`);
  const trunkPrefix = text(TRUNK_PREFIX);
  const prefix = text(PREFIX_PATTERN) ?? trunkPrefix;
  const prefixPattern = prefix === undefined ? undefined : new RegExp(`^(?:${prefix})`);
  const rule = text(PREFIX_RULE);
  return {
    callingCode: text(CALLING_CODE) ?? "",
    abroad: new RegExp(`^(?:${text(ABROAD) ?? "(?!)"})`),
    trunkPrefix,
    significant(digits) {
      if (pattern.test(digits)) return digits;
      const match = prefixPattern?.exec(digits);
      if (!prefixPattern || !match) return undefined;
      const holdsPart = rule !== undefined && match.length > 1 && match.at(-1) !== undefined;
      const stripped = holdsPart
        ? digits.replace(prefixPattern, rule)
        : digits.slice(match[0].length);
      return pattern.test(stripped) ? stripped : undefined;
    },
  };
}

const plans = new Map<string, NumberingPlan | undefined>();

function planOf(name: string, fields: () => readonly unknown[] | undefined) {
  if (!plans.has(name)) {
    const known = fields();
    plans.set(name, known && createPlan(known));
  }
  return plans.get(name);
}

const planOfCountry = (country: Country): NumberingPlan | undefined =>
  planOf(country, () => metadata.countries[country]);

/** Of all countries that share a calling code, `+1` twenty-five of them: the first one's, with the numbers of all. */
const planOfCallingCode = (code: string): NumberingPlan | undefined =>
  planOf(code, () => {
    const shared = metadata.country_calling_codes[code]?.flatMap((country) => {
      const fields: readonly unknown[] | undefined = metadata.countries[country];
      return fields ? [fields] : [];
    });
    const [main] = shared ?? [];
    if (!shared || !main) return metadata.nonGeographic[code];
    const patterns = new Set(shared.map((fields) => fields[NATIONAL_PATTERN]));
    return main.with(NATIONAL_PATTERN, Array.from(patterns).join("|"));
  });

const hasPossibleLength = (digits: string): boolean =>
  digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX;

/** What follows the `+`, as E.164 digits; undefined where no country has such a number. */
export function internationalNumber(digits: string): string | undefined {
  if (!hasPossibleLength(digits)) return undefined;
  // No calling code is the beginning of another.
  for (let length = 1; length <= 3; length++) {
    const code = digits.slice(0, length);
    const significant = planOfCallingCode(code)?.significant(digits.slice(length));
    if (significant !== undefined) return code + significant;
  }
  return undefined;
}

/** The same for a number as it is dialled in a country, calls abroad among them. */
export function nationalNumber(digits: string, country: Country): string | undefined {
  const plan = planOfCountry(country);
  if (!plan || !hasPossibleLength(digits)) return undefined;
  const significant = plan.significant(digits);
  if (significant !== undefined) return plan.callingCode + significant;
  const abroad = digits.replace(plan.abroad, "");
  return abroad === digits ? undefined : internationalNumber(abroad);
}

/** What calls within a country begin with, e.g. `0`; undefined where numbers are dialled whole. */
export const trunkPrefixOf = (country: Country): string | undefined =>
  planOfCountry(country)?.trunkPrefix;
