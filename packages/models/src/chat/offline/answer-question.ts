import {
  type Answer,
  notFoundAnswer,
  openingAnswer,
  quoteAnswer,
  refusal,
} from "./compose-answer.ts";
import { filePassages } from "./file-passages.ts";
import { splitLongLines } from "./long-lines.ts";
import type { Observations } from "./observations.ts";
import type { Line } from "./passage.ts";
import type { Question } from "./question.ts";
import { rankPassages } from "./rank-passages.ts";

/** Below this share of the question's words, by rarity, a passage is no answer. */
const MIN_COVERAGE = 0.55;
/** For a passage that has the time, number, name … that was asked for. */
const MIN_COVERAGE_IF_FIT = 0.45;

/** Answers from what was read; where nothing was, from what was said in the conversation. */
export function answerQuestion(
  question: Question,
  seen: Observations,
  conversation: ReadonlyMap<string, readonly Line[]>,
): Answer {
  if (seen.listing && question.asksForFiles) return listingAnswer(seen.listing);
  const texts = seen.files.size > 0 ? readLines(seen) : splitTexts(conversation);
  if (texts.size === 0 && seen.unreadable.size > 0)
    return refusal(`This is not answered: no file could be read.${notes(seen)}`);
  const isEmpty = [...texts.values()].every((lines) =>
    lines.every(({ text }) => text.trim() === ""),
  );
  if (texts.size > 0 && isEmpty) {
    const empty = texts.size === 1 ? "file is" : "files are";
    return refusal(`The ${empty} empty: ${[...texts.keys()].join(", ")}.${notes(seen)}`);
  }
  if (texts.size > 0 && question.terms.length === 0) return openingAnswer(texts);

  const passages = [...texts].flatMap(([path, lines]) => filePassages(path, lines));
  const { ranked, missing } = rankPassages(passages, question);
  const good = ranked.filter(
    ({ coverage, fits, hasFocus }) =>
      hasFocus && coverage >= (fits ? MIN_COVERAGE_IF_FIT : MIN_COVERAGE),
  );
  if (good.length > 0) return quoteAnswer(good);
  const mention = speaksOfMore(question)
    ? ranked.find(({ aboutCoverage }) => aboutCoverage >= MIN_COVERAGE)
    : undefined;
  return notFoundAnswer(question, {
    where: placeOf(seen, conversation),
    missing: texts.size > 0 ? missing : new Set(),
    mention,
    notes: notes(seen),
  });
}

/** Beside what is asked for, the question has a name or two words, so that a mention says something. */
function speaksOfMore(question: Question): boolean {
  const about = question.terms.filter((term) => !term.isGeneric && !term.isFocus);
  return about.length > 1 || about.some((term) => term.isAnchor);
}

function placeOf(seen: Observations, conversation: ReadonlyMap<string, unknown>): string {
  const [file] = seen.files.keys();
  if (file !== undefined)
    return seen.files.size === 1
      ? `the file ${file}`
      : `the ${seen.files.size} files that were read`;
  if (conversation.size > 0) return "this conversation";
  return "anything given here: there are no files and no text to look in";
}

/** What could not be looked at. */
function notes(seen: Observations): string {
  const cut = [...seen.files].flatMap(([path, file]) =>
    file.cut
      ? [` Of ${path}:${file.cut.line} only the first ${file.cut.characters} characters were read.`]
      : [],
  );
  return [...[...seen.unreadable.values()].map((said) => ` ${said}.`), ...cut].join("");
}

function readLines(seen: Observations): Map<string, Line[]> {
  return splitTexts(
    new Map(
      [...seen.files].map(([path, file]) => [
        path,
        [...file.lines]
          .map(([number, text]) => ({ number, text }))
          .toSorted((a, b) => a.number - b.number),
      ]),
    ),
  );
}

function splitTexts(texts: ReadonlyMap<string, readonly Line[]>): Map<string, Line[]> {
  return new Map([...texts].map(([path, lines]) => [path, splitLongLines(lines)]));
}

function listingAnswer(listing: readonly { path: string; sizeBytes: number }[]): Answer {
  const lines = listing.map((file) => `- ${file.path} (${file.sizeBytes} bytes)\n`);
  return { parts: [`${listing.length} files:\n`, ...lines], sources: [], answered: true };
}
