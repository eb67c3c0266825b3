import { AppError } from "@llamaagent/core";

const MIB = 1024 * 1024;
/** Tens of times what a model can write; a tool call's arguments may come in one line. */
const MAX_LINE_BYTES = 8 * MIB;
const MAX_ANSWER_BYTES = 64 * MIB;
const LF = 10;
const CR = 13;

/**
 * Takes an answer's pieces one after the other and throws `model_answer_invalid` at the one with
 * which it has no end: a line, and a whole answer that is not streamed, are gathered in memory.
 */
export function createAnswerBound(options: { isJson: boolean }): (piece: Uint8Array) => void {
  // JSON may be one line.
  const maxLineBytes = options.isJson ? MAX_ANSWER_BYTES : MAX_LINE_BYTES;
  let answerBytes = 0;
  let lineBytes = 0;
  return (piece) => {
    answerBytes += piece.length;
    const lastBreak = Math.max(piece.lastIndexOf(LF), piece.lastIndexOf(CR));
    lineBytes = lastBreak === -1 ? lineBytes + piece.length : piece.length - 1 - lastBreak;
    if (answerBytes > MAX_ANSWER_BYTES) throw tooLong(`${MAX_ANSWER_BYTES / MIB} MiB`);
    if (lineBytes > maxLineBytes) throw tooLong(`${maxLineBytes / MIB} MiB without a line break`);
  };
}

function tooLong(what: string): AppError {
  return new AppError("model_answer_invalid", {
    detail: `the model's server sent more than ${what}`,
  });
}
