import { type Answer, notFoundAnswer, openingAnswer, quoteAnswer } from "./compose-answer.ts";
import { filePassages } from "./file-passages.ts";
import type { Observations } from "./observations.ts";
import type { Line } from "./passage.ts";
import type { Question } from "./question.ts";
import { rankPassages } from "./rank-passages.ts";
import { tokenize } from "./terms.ts";

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
  const texts = seen.files.size > 0 ? readLines(seen) : conversation;
  const where =
    seen.files.size > 0
      ? seen.files.size === 1
        ? `the file ${[...seen.files.keys()].join()}`
        : `the ${seen.files.size} files that were read`
      : conversation.size > 0
        ? "this conversation"
        : "anything given here: there are no files and no text to look in";
  if (seen.listing && question.asksForFiles) return listingAnswer(seen.listing);
  if (texts.size === 0) return notFoundAnswer(question, where, []);
  if (question.terms.length === 0) return openingAnswer(texts);

  const passages = [...texts].flatMap(([path, lines]) => filePassages(path, lines));
  const ranked = rankPassages(passages, question);
  const good = ranked.filter(
    ({ coverage, fits }) => coverage >= (fits ? MIN_COVERAGE_IF_FIT : MIN_COVERAGE),
  );
  if (good.length > 0) return quoteAnswer(good);
  const known = new Set(
    passages.flatMap((p) => tokenize(`${p.text}\n${p.title}`).map((token) => token.term)),
  );
  const missing = question.terms.filter(({ term }) => !known.has(term)).map((t) => t.surface);
  return notFoundAnswer(question, where, missing);
}

function readLines(seen: Observations): Map<string, Line[]> {
  return new Map(
    [...seen.files].map(([path, file]) => [
      path,
      [...file.lines]
        .map(([number, text]) => ({ number, text }))
        .toSorted((a, b) => a.number - b.number),
    ]),
  );
}

function listingAnswer(listing: readonly { path: string; sizeBytes: number }[]): Answer {
  const lines = listing.map((file) => `- ${file.path} (${file.sizeBytes} bytes)\n`);
  return { parts: [`${listing.length} files:\n`, ...lines], sources: [] };
}
