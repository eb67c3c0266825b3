import {
  AgentDefinition,
  type Message,
  messageText,
  type PromptContext,
  type PromptingStrategy,
} from "@llamaagent/core";
import { describe, expect, it } from "vitest";

const history: Message[] = [
  { role: "user", content: "What is a llama?" },
  { role: "assistant", content: "An animal of the Andes." },
];
const task: Message[] = [
  { role: "user", content: "How tall is it?" },
  { role: "user", content: [{ type: "json", json: { unit: "m" } }] },
];

function contextWith(part: Partial<PromptContext> & { instructions?: string }): PromptContext {
  const { instructions = "", ...context } = part;
  const agent = AgentDefinition.parse({ name: "a", model: "test/x", instructions });
  return { agent, tools: [], history: [], files: [], ...context };
}

/** What every prompting strategy keeps; call it in one line from the strategy's test. */
export function promptingStrategyContract(strategy: PromptingStrategy): void {
  describe(`${strategy.name}: the contract of a prompting strategy`, () => {
    it("gives equal messages for equal arguments, and leaves the arguments alone", () => {
      const context = contextWith({ instructions: "Be brief.", history, files: ["notes.md"] });
      const before = structuredClone({ task, context });
      const first = strategy.buildMessages(task, context);
      expect(strategy.buildMessages(structuredClone(task), structuredClone(context))).toEqual(
        first,
      );
      expect({ task, context }).toEqual(before);
    });

    it("hands the history on before the task, each in its order", () => {
      const messages = strategy.buildMessages(task, contextWith({ history }));
      const said = messages.filter((message) => message.role !== "system");
      const texts = said.map(messageText);
      const at = [...history, ...task].map((message) =>
        texts.findIndex((text) => text.includes(messageText(message))),
      );
      expect(at).not.toContain(-1);
      expect(at).toEqual(at.toSorted((a, b) => a - b));
    });

    it("keeps the tool calls of the history with their answers", () => {
      const withTools: Message[] = [
        { role: "user", content: "2+2?" },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "c1", name: "calculator", arguments: {} }],
        },
        { role: "tool", content: "4", tool_call_id: "c1" },
        { role: "assistant", content: "4" },
      ];
      const messages = strategy.buildMessages(task, contextWith({ history: withTools }));
      const asked = messages.findIndex((message) => message.tool_calls?.[0]?.id === "c1");
      expect(asked).toBeGreaterThanOrEqual(0);
      expect(messages[asked + 1]).toEqual(withTools[2]);
    });

    it("puts the agent's instructions into a system message", () => {
      const [first] = strategy.buildMessages(task, contextWith({ instructions: "Be brief." }));
      expect(first?.role).toBe("system");
      expect(first && messageText(first)).toContain("Be brief.");
    });

    it("works with nothing but a task", () => {
      const messages = strategy.buildMessages(
        [{ role: "user", content: "Hello" }],
        contextWith({}),
      );
      expect(messages.map(messageText).join("\n")).toContain("Hello");
    });
  });
}
