import type { ChatRequest, Json, Message } from "@llamaagent/core";
import { chatModelContract } from "@llamaagent/testing/chat-model.contract";
import { describe, expect, it } from "vitest";
import { createExtractiveChatModel } from "./extractive-chat-model.ts";

const tools = ["list_files", "search_files", "read_file"].map((name) => ({
  name,
  description: "",
  parameters: {},
}));
const boats = "# Boats\nThe boat has a red color.";
const boatTools = ({ name }: { name: string }): string =>
  JSON.stringify(
    name === "list_files"
      ? { files: [{ path: "boat.md", size_bytes: boats.length }], truncated: false }
      : name === "search_files"
        ? { matches: [], truncated: false }
        : { path: "boat.md", start_line: 1, end_line: 2, total_lines: 2, text: boats },
  );

chatModelContract({
  name: "offline/extractive",
  create: () => Promise.resolve({ model: createExtractiveChatModel() }),
  question: "What is the capital of France?",
  toolQuestion: {
    request: { messages: [{ role: "user", content: "Which colour has the boat?" }], tools },
    results: boatTools,
  },
});

async function complete(messages: Message[], more: Partial<ChatRequest> = {}, step = "model/0") {
  const signal = new AbortController().signal;
  const request = { messages, tools: [], ...more };
  return createExtractiveChatModel().complete(request, { signal, step });
}
const user = (content: string): Message => ({ role: "user", content });

describe("offline/extractive", () => {
  it("answers from a text in the question, by message and line", async () => {
    const text = [
      "Dolphins sleep with one half of the brain at a time, so that they go on breathing.",
      "The bakery at the corner opens at seven in the morning and sells rye bread on Tuesdays.",
      "A glacier moves a few metres in a year, some of them in a day.",
      "",
      "When does the bakery open?",
    ];
    const answer = await complete([user(text.join("\n"))]);
    expect(answer.content).toBe(
      `The passage that fits the question best:\n\nmessage 1:2\n> ${text[1]}\n`,
    );
    expect(answer.metadata).toEqual({
      offline: true,
      answered: true,
      model: "offline/extractive",
      usage_estimated: true,
      sources: [{ path: "message 1", start_line: 2, end_line: 2 }],
    });
  });

  it("answers from earlier messages, but never quotes its instructions", async () => {
    const system: Message = { role: "system", content: "The password of the bakery is secret." };
    const said = user("Our bakery in Lisbon was founded by Edith Harlow.");
    const answer = await complete([system, said, user("Who founded the bakery?")]);
    expect(answer.content).toContain("message 2:1\n> Our bakery in Lisbon was founded by Edith");
    const secret = await complete([system, said, user("What is the password?")]);
    expect(secret.content).toMatch(/^This is not answered by this conversation\./);
  });

  it("says so where it has nothing to look in", async () => {
    const answer = await complete([user("What is the capital of France?")]);
    expect(answer.content).toBe(
      "This is not answered by anything given here: there are no files and no text to look in." +
        " No passage there has enough of the question's words (capital, France).",
    );
    expect(answer.finish_reason).toBe("stop");
  });

  it.each(["船長の名前は何ですか。", "がんばるのはだれですか？", "ใครเป็นกัปตัน"])(
    "says of %s that it needs spaces, and repeats it as it was written",
    async (question) => {
      const answer = await complete([user(question)], { tools });
      expect(answer.content).toBe(
        "The offline model finds words by the spaces between them, so it cannot answer this " +
          `question: ${question}`,
      );
      expect(answer.tool_calls).toEqual([]);
      expect(answer.metadata).toMatchObject({ offline: true, answered: false });
    },
  );

  it("lets the calculator answer plain arithmetic", async () => {
    const calculator = [
      { name: "calculator", description: "", parameters: { properties: { expression: {} } } },
    ];
    const asked = [user("What is 6 * 7?")];
    const first = await complete(asked, { tools: calculator });
    const call = { id: "call_model_0_0", name: "calculator", arguments: { expression: "6 * 7" } };
    expect(first).toMatchObject({ content: "", tool_calls: [call], finish_reason: "tool_calls" });
    const result = (output: Json): Message[] => [
      ...asked,
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", tool_call_id: call.id, content: JSON.stringify(output) },
    ];
    const answer = await complete(result({ value: 42 }), { tools: calculator });
    expect(answer).toMatchObject({ content: "6 * 7 = 42", tool_calls: [] });
  });

  it("looks at the files again for each question of a thread, with ids of its own", async () => {
    const first = await complete([user("Which colour has the boat?")], { tools });
    const thread: Message[] = [
      user("Which colour has the boat?"),
      { role: "assistant", content: "", tool_calls: first.tool_calls },
      ...first.tool_calls.map((call) => ({
        role: "tool" as const,
        tool_call_id: call.id,
        content: boatTools(call),
      })),
      { role: "assistant", content: "Red." },
      user("Which colour has the boat?"),
    ];
    const second = await complete(thread, { tools });
    expect(first.tool_calls.map((call) => call.id)).toEqual([
      "call_model_0_0",
      "call_model_0_1",
      "call_model_0_2",
    ]);
    expect(second.tool_calls.map((call) => call.id)).toEqual([
      "call_model_0_0_2",
      "call_model_0_1_2",
      "call_model_0_2_2",
    ]);
  });

  it("gives equal answers to equal requests", async () => {
    const messages = [user("One boat is red.\nOne is blue."), user("Which boat is blue?")];
    expect(await complete(messages)).toEqual(await complete(messages));
  });
});
