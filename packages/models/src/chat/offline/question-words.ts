export type AnswerType = "person" | "time" | "number" | "place" | "reason" | "definition" | "any";

const MEASURE = "big|large|far|fast|high|tall|wide|deep";
const AMOUNT = "many|much|long|soon|often|well";
/** Turns of phrase that ask, without saying what about. */
const PHRASES: readonly RegExp[] = [
  /\bhow (?:many|much) (?:(?:milli)?seconds|minutes|hours|days|weeks|months|years|percent|bytes|times)\b/gi,
  new RegExp(String.raw`\bhow (?:${AMOUNT})\b`, "gi"),
  /\b(?:the )?names? of\b/gi,
  /\bwhat (?:does|do|did) (?:the |this )?[\w.-]+ (?:say|tell|mention|state|write)\b(?= (?:us )?(?:about|on|of))/gi,
  /\b(?:in|from|by|according to|of|does|is)?\s*\b(?:this|the|that|these|those|my|your)(?: \w+ed)? (?:files?|documents?|texts?|pages?|contents?|projects?|programs?|repositor(?:y|ies))\b/gi,
];

export function withoutPhrases(text: string): string {
  const bounds = text
    .replaceAll(/\bat most\b/gi, "maximum")
    .replaceAll(/\bat least\b/gi, "minimum");
  return PHRASES.reduce((rest, phrase) => rest.replaceAll(phrase, " "), bounds);
}

/** `tall` of "how tall": a text may say "30 m high" or just "30 m". */
export function measureOf(text: string): string | undefined {
  return new RegExp(String.raw`\bhow (old|${MEASURE})\b`, "i").exec(text)?.[1]?.toLowerCase();
}

/** How many, how old: any number; how tall, how far: one that is no year. */
export type NumberAsked = "any" | "measure" | undefined;

/** Of a question that nothing without a number answers. */
export function numberAsked(text: string): NumberAsked {
  if (new RegExp(String.raw`\bhow (?:${MEASURE})\b`, "i").test(text)) return "measure";
  return /\bhow (?:many|much|long|old)\b/i.test(text) ? "any" : undefined;
}

/** The names of the files are asked for, not what is in them. */
export function asksForFiles(text: string): boolean {
  return LISTING.test(text);
}

const LISTING =
  /^\W*(?:which|what|list|show|name)(?: me)?(?: all)?(?: the| my)? files?(?: names)?(?: (?:are|do|have|exist|can)\b.{0,40})?\W*$/i;

const TYPES: readonly (readonly [AnswerType, RegExp])[] = [
  ["person", /\b(?:who|whom|whose)\b/i],
  [
    "time",
    /\b(?:when|(?:what|which) (?:year|date|day|month|time)|how (?:long|old|soon|often)|how many (?:seconds|minutes|hours|days|years))\b/i,
  ],
  [
    "number",
    /\bhow (?:many|much|big|large|far|fast|high|tall|wide|deep)\b|\b(?:what|which) (?:is the )?(?:number|percentage|price|size|port|version|amount|max\w*|min\w*)\b/i,
  ],
  ["place", /\bwhere\b|\b(?:what|which) (?:city|country|place|folder|directory|address)\b/i],
  ["reason", /\bwhy\b|\bwhat (?:reason|causes?)\b/i],
];

export function answerTypeOf(text: string, terms: number): AnswerType {
  const isDefinition =
    terms <= 2 &&
    /\b(?:what|who) (?:is|are|was|were)\b|\bdefine\b|\bwhat does .* mean\b/i.test(text);
  if (isDefinition) return "definition";
  return TYPES.find(([, pattern]) => pattern.test(text))?.[0] ?? "any";
}
