import type { FakeScript } from "@llamaagent/testing/fake-openai";

/** What the fake model answers: so it is known of every answer whether it belongs to its question. */
export const answerTo = (question: string): string => `You asked: ${question}`;

const MODEL_DELAY_MS = 50;

export const script: FakeScript = ({ userText }) => ({
  chunks: [answerTo(userText)],
  delayMs: MODEL_DELAY_MS,
});
