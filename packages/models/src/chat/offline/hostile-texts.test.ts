import type { Message } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { createExtractiveChatModel } from "./extractive-chat-model.ts";

const LENGTH = 100_000;
const model = createExtractiveChatModel();

async function answerTo(messages: Message[]): Promise<string> {
  const call = { signal: new AbortController().signal, step: "model/0" };
  return (await model.complete({ messages, tools: [], maxOutputTokens: 100 }, call)).content;
}

// A body holds ten times as much: whatever goes back and forth over it would hold a worker up for minutes.
describe("a text that is long and odd", () => {
  it.each([
    ["sentences without words", ". "],
    ["blanks", " "],
    ["line breaks", "\n"],
    ["colons", ": "],
    ["digits", "1 "],
    ["half a turn of phrase", "what does "],
    ["accents", "\u0301"],
    ["one word", "aA"],
    ["dashes", "a-"],
  ])(
    "is answered soon, of %s",
    async (_of, part) => {
      const text = part.repeat(LENGTH / part.length);
      await answerTo([{ role: "user", content: `What is a lamp?${text}!x` }]);
      const about: Message[] = [
        { role: "user", content: `A lamp burns.${text}.` },
        { role: "user", content: "What burns?" },
      ];
      expect(await answerTo(about)).toContain("lamp");
    },
    10_000,
  );

  it("is asked about by its last paragraph, or its last 2,000 characters", async () => {
    const before = "A lamp burns oil. ".repeat(200);
    expect(await answerTo([{ role: "user", content: `${before}What burns oil?` }])).toContain(
      "lamp",
    );
  });
});
