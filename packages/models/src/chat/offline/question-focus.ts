import { isCompoundHead, isGenericWord } from "./generic-words.ts";
import { isStopWord } from "./stop-words.ts";

const WORD = /[\p{L}\p{N}\p{M}_]+(?:[.'’-][\p{L}\p{N}\p{M}_]+)*|[.?!,;:]/gu;
/** The point of `Mr.` or of initials ends no phrase. */
const ABBREVIATION = /\b(\p{Lu}\p{Ll}{0,3})\.(?=\s)/gu;
const BE = /^(?:is|are|was|were)$/i;
const AUXILIARY =
  /^(?:do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|is|are|was|were)$/i;
const POLITE = /^\W*(?:please\s+)?(?:(?:can|could|would|will) you\s+)?(?:please\s+)?/i;
const OPENER = /^(?:(?:what|which|who|whom|whose)(?:['’]s)?|when|where)$/i;
const IMPERATIVE = /^(?:tell|give|show|find|state|name)$/i;
/** What ends the noun phrase that is asked for, and what leads on from an empty one to the next. */
const BOUNDARY =
  /^(?:do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|is|are|was|were|to|with|by|that|which|who|when|where|if|and|or|than|then|as|at|on|[.?!,;:])$/i;
const LEADS_ON = /^(?:of|for|in|from)$/i;

/**
 * The words that say what is asked for, and that an answer therefore cannot lack: `population` of
 * "What is the population of Cape Farrow?", `phone` of "Which phone number …", `founded` of "Who
 * founded …", all of a question for yes or no. None where no such word is certain (how, why).
 */
export function focusOf(question: string): string[] {
  const words = question.replace(POLITE, "").replaceAll(ABBREVIATION, "$1").match(WORD) ?? [];
  if (AUXILIARY.test(words[0] ?? "")) return words.filter(isSpecific);
  const many = words.findIndex(
    (word, i) => /^how$/i.test(word) && /^(?:many|much)$/i.test(words[i + 1] ?? ""),
  );
  if (many >= 0) {
    const counted = words.slice(many + 2);
    return [nounOf(counted), lastSpecific(counted)].filter((word) => word !== undefined);
  }
  const start = words.findIndex((word) => OPENER.test(word));
  const isOrder = start < 0 && IMPERATIVE.test(words[0] ?? "");
  const focus =
    start >= 0
      ? afterOpener(words[start] ?? "", words.slice(start + 1))
      : isOrder
        ? nounOf(words.slice(1))
        : undefined;
  return focus === undefined ? [] : [focus];
}

function afterOpener(opener: string, rest: readonly string[]): string | undefined {
  const [next = ""] = rest;
  if (/^(?:when|where)$/i.test(opener)) return lastSpecific(rest);
  if (BE.test(next)) return nounOf(rest.slice(1));
  if (AUXILIARY.test(next)) return lastSpecific(rest);
  return /^whom?$/i.test(opener) ? verbOf(rest) : nounOf(rest);
}

/** "Who founded": a verb that only asks (`handles`, `works`) says nothing of the answer. */
function verbOf(words: readonly string[]): string | undefined {
  const verb = words.find((word) => !word.endsWith("ly"));
  return verb !== undefined && isSpecific(verb) ? verb : undefined;
}

/** The last noun of the first noun phrase that has one: `phone` of "phone number of Ann". */
function nounOf(words: readonly string[]): string | undefined {
  let phrase: string[] = [];
  for (const word of words) {
    const ends = BOUNDARY.test(word);
    if (!ends && !LEADS_ON.test(word)) {
      if (isSpecific(word)) phrase.push(word);
      continue;
    }
    if (phrase.length > 0 || (ends && /\p{L}/u.test(word))) break;
    phrase = [];
  }
  // Of "Ann's address" it is the address; of "the captain's name" the captain.
  const owned = phrase.slice(phrase.findLastIndex((word) => /['’]s?$/.test(word)) + 1);
  return owned.findLast((word) => !isCompoundHead(word)) ?? owned.at(-1) ?? phrase.at(-1);
}

function lastSpecific(words: readonly string[]): string | undefined {
  return words.findLast(isSpecific);
}

function isSpecific(word: string): boolean {
  return /[\p{L}\p{N}]/u.test(word) && !isStopWord(word) && !isGenericWord(word);
}
