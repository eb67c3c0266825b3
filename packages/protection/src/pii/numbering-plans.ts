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

/**
 * Google's plans as libphonenumber-js packs them (its METADATA.md names the fields). The library's
 * own search was not taken: 10 kB of "+1 1 1 1 …" cost it a third of a second, and a number 50 µs.
 */
function createPlan(fields: readonly unknown[]): NumberingPlan {
  const text = (field: number): string | undefined => {
    const value = fields[field];
    return typeof value === "string" ? value : undefined;
  };
  const pattern = new RegExp(`^(?:${text(2)})$`);
  const trunkPrefix = text(5);
  const prefix = text(7) ?? trunkPrefix;
  const prefixPattern = prefix === undefined ? undefined : new RegExp(`^(?:${prefix})`);
  /** What becomes of a prefix that holds a part of the number, e.g. `9$1` in Argentina. */
  const rule = text(8);
  return {
    callingCode: text(0) ?? "",
    abroad: new RegExp(`^(?:${text(1) ?? "(?!)"})`),
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

const plans = new Map<string, NumberingPlan>();

function planOf(fields: readonly unknown[] | undefined, name: string): NumberingPlan | undefined {
  const known = plans.get(name);
  if (known || !fields) return known;
  const plan = createPlan(fields);
  plans.set(name, plan);
  return plan;
}

/** All countries of a calling code: `+1` is also the Caribbean's. */
function plansOfCallingCode(code: string): NumberingPlan[] {
  const shared = metadata.country_calling_codes[code]?.map((country) =>
    planOf(metadata.countries[country], country),
  );
  return (shared ?? [planOf(metadata.nonGeographic[code], code)]).filter(
    (plan) => plan !== undefined,
  );
}

const hasPossibleLength = (digits: string): boolean =>
  digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX;

/** What follows the `+`, as E.164 digits; undefined where no country has such a number. */
export function internationalNumber(digits: string): string | undefined {
  if (!hasPossibleLength(digits)) return undefined;
  // No calling code is the beginning of another.
  for (let length = 1; length <= 3; length++)
    for (const plan of plansOfCallingCode(digits.slice(0, length))) {
      const significant = plan.significant(digits.slice(length));
      if (significant !== undefined) return plan.callingCode + significant;
    }
  return undefined;
}

/** The same for a number as it is dialled in a country, calls abroad among them. */
export function nationalNumber(digits: string, country: Country): string | undefined {
  const plan = planOf(metadata.countries[country], country);
  if (!plan || !hasPossibleLength(digits)) return undefined;
  const significant = plan.significant(digits);
  if (significant !== undefined) return plan.callingCode + significant;
  const abroad = digits.replace(plan.abroad, "");
  return abroad === digits ? undefined : internationalNumber(abroad);
}

/** What calls within a country begin with, e.g. `0`; undefined where numbers are dialled whole. */
export function trunkPrefixOf(country: Country): string | undefined {
  return planOf(metadata.countries[country], country)?.trunkPrefix;
}
