import { type Message, messageText } from "@llamaagent/core";
import type { Line } from "./passage.ts";

export interface Conversation {
  question: string;
  /** What was said besides the question, by `message <n>`; the instructions are not part of it. */
  texts: Map<string, Line[]>;
}

/** The question is the last user message, or the end of it where a text stands before it. */
export function readConversation(messages: readonly Message[], lastUser: number): Conversation {
  const texts = new Map<string, Line[]>();
  let question = "";
  for (const [index, message] of messages.slice(0, lastUser + 1).entries()) {
    if (message.role !== "user" && message.role !== "assistant") continue;
    let text = messageText(message);
    if (index === lastUser) {
      ({ question, before: text } = splitQuestion(text));
    }
    const lines = text.split(/\r?\n/).map((line, at) => ({ number: at + 1, text: line }));
    if (text.trim() !== "") texts.set(`message ${index + 1}`, lines);
  }
  return { question, texts };
}

/**
 * Nobody asks at greater length. What looks for turns of phrase goes back and forth over the question: of a body's
 * 1 MiB on one line that would take half an hour.
 */
const QUESTION_CHARS_MAX = 2_000;

/** The last paragraph (or, in a text of one, the last line) asks; the rest is what it asks about. */
function splitQuestion(text: string): { question: string; before: string } {
  const whole = text.trimEnd();
  const cut = Math.max(whole.lastIndexOf("\n\n"), whole.lastIndexOf("\n"));
  const last = whole.slice(cut + 1).trim();
  if (cut !== -1 && whole.length > 200 && last.length < 500)
    return { question: last, before: whole.slice(0, cut) };
  const asks = Math.max(0, whole.length - QUESTION_CHARS_MAX);
  return { question: whole.slice(asks), before: whole.slice(0, asks) };
}
