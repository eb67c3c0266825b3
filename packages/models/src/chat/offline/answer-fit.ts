import type { Passage } from "./passage.ts";
import type { Question } from "./question.ts";
import type { AnswerType } from "./question-words.ts";
import { tokenize } from "./terms.ts";

const MONTHS =
  "january|february|march|april|may|june|july|august|september|october|november|december";
const UNITS =
  "ms|s|sec|min|h|hours?|days?|weeks?|months?|years?|seconds?|minutes?|mondays?|tuesdays?|fridays?";
const NUMBERS =
  "none|once|twice|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozen|hundred|thousand|million";

const PATTERNS: Record<Exclude<AnswerType, "definition" | "any">, RegExp> = {
  person: /(?:^|[^.!?\s]\s+)\p{Lu}\p{Ll}+/u,
  time: new RegExp(
    String.raw`\b\d{4}\b|\b(?:${MONTHS})\b|(?:\d|\b(?:${NUMBERS}|\w+teen|\w+ty))\s*(?:${UNITS})\b|\d:\d\d`,
    "i",
  ),
  number: new RegExp(String.raw`\d|\b(?:${NUMBERS}|\w+teen)\b`, "i"),
  place: /\b(?:in|at|on|under|inside|near|from)\b|\/\w/i,
  reason: /\b(?:because|since|so that|otherwise|therefore|due to|else|to avoid)\b|[;:—–]/i,
};
const DECLARATION =
  /\b(?:const|let|var|function|class|interface|type|enum|def|fn|func|struct|trait)\s+(\w+)/;
/** `NAME = 5`, `"port": 80` */
const ASSIGNMENT = /^\s*["']?([\w.-]+)["']?\s*(?::|=(?!=))/m;
/** In 1871: no size, speed or distance. */
const YEAR = /\b(?:in|since|until|from|by|before|after|of)\s+(?:1[5-9]|20)\d\d\b/gi;

/** Whether it holds a number such as is asked for. */
export function hasNumber(
  text: string,
  asked: Exclude<Question["numberAsked"], undefined>,
): boolean {
  return PATTERNS.number.test(asked === "measure" ? text.replaceAll(YEAR, "") : text);
}

/** Whether a passage looks like what was asked for: a time, a number, a name, a definition. */
export function fitsQuestion(passage: Passage, question: Question): boolean {
  const { text, kind } = passage;
  const about = new Set(question.terms.map(({ term }) => term));
  const names = (part: string): boolean => tokenize(part).some(({ term }) => about.has(term));
  const declared =
    kind === "code" ? (DECLARATION.exec(text) ?? ASSIGNMENT.exec(text))?.[1] : undefined;
  if (declared !== undefined && names(declared)) return true;
  if (question.answerType === "any") return false;
  if (question.answerType !== "definition") return PATTERNS[question.answerType].test(text);
  // "X is a …", "X: …" near the beginning
  const verb = /\b(?:is|are|was|were|means?|shall mean)\b|:|—|–/.exec(text);
  return verb !== null && verb.index <= 60 && names(text.slice(0, verb.index));
}
