const VOWEL = "[aeiouy]"; // y counts as a vowel after a consonant; close enough at a word's start
const CONSONANT_RUN = "[^aeiou][^aeiouy]*";
const VOWEL_RUN = `${VOWEL}[aeiou]*`;
const measure0 = new RegExp(`^(?:${CONSONANT_RUN})?${VOWEL_RUN}${CONSONANT_RUN}`); // m > 0
const measure1 = new RegExp(`^(?:${CONSONANT_RUN})?${VOWEL_RUN}${CONSONANT_RUN}(?:${VOWEL_RUN})?$`); // m = 1
const measure2 = new RegExp(
  `^(?:${CONSONANT_RUN})?${VOWEL_RUN}${CONSONANT_RUN}${VOWEL_RUN}${CONSONANT_RUN}`,
); // m > 1
const hasVowel = new RegExp(`^(?:${CONSONANT_RUN})?${VOWEL}`);
const endsShort = new RegExp(`^${CONSONANT_RUN}${VOWEL}[^aeiouwxy]$`);
const endsDouble = /([^aeiouylsz])\1$/;

const step2: readonly (readonly [string, string])[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["bli", "ble"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
  ["logi", "log"],
];
const step3: readonly (readonly [string, string])[] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
];
const step4 =
  /^(.+?)(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/;

/**
 * The stem of a lower-case English word: M. F. Porter, "An algorithm for suffix stripping" (1980),
 * with the author's later changes (https://tartarus.org/martin/PorterStemmer/).
 */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  // A leading y is a consonant.
  const w = word.startsWith("y") ? `Y${word.slice(1)}` : word;
  return suffixes(participles(plurals(w))).toLowerCase();
}

function plurals(w: string): string {
  if (/(?:ss|i)es$/.test(w)) return w.slice(0, -2);
  return /[^s]s$/.test(w) ? w.slice(0, -1) : w;
}

function participles(word: string): string {
  let w = word;
  if (w.endsWith("eed")) {
    if (measure0.test(w.slice(0, -3))) w = w.slice(0, -1);
  } else {
    const base = /^(.+?)(?:ed|ing)$/.exec(w)?.[1];
    if (base !== undefined && hasVowel.test(base)) {
      w = base;
      if (/(?:at|bl|iz)$/.test(w)) w += "e";
      else if (endsDouble.test(w)) w = w.slice(0, -1);
      else if (endsShort.test(w)) w += "e";
    }
  }
  if (w.endsWith("y") && hasVowel.test(w.slice(0, -1))) w = `${w.slice(0, -1)}i`;
  return w;
}

function suffixes(word: string): string {
  let w = replaceSuffix(replaceSuffix(word, step2), step3);
  const base = step4.exec(w)?.[1] ?? /^(.+?[st])ion$/.exec(w)?.[1];
  if (base !== undefined && measure2.test(base)) w = base;
  if (w.endsWith("e")) {
    const short = w.slice(0, -1);
    if (measure2.test(short) || (measure1.test(short) && !endsShort.test(short))) w = short;
  }
  return w.endsWith("ll") && measure2.test(w) ? w.slice(0, -1) : w;
}

function replaceSuffix(w: string, rules: readonly (readonly [string, string])[]): string {
  const rule = rules.find(([suffix]) => w.endsWith(suffix));
  if (!rule) return w;
  const base = w.slice(0, -rule[0].length);
  return measure0.test(base) ? base + rule[1] : w;
}
