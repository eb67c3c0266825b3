import type { Json, ToolSpec } from "@llamaagent/core";
import type { Observations } from "./observations.ts";
import type { PlannedCall } from "./planned-call.ts";

const FILLER =
  /\b(?:what|what's|whats|is|are|calculate|compute|evaluate|how|much|the|result|value|of|equals?|please|solve|does|make)\b|[?=!:]/gi;
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:plus|added to)\b/gi, "+"],
  [/\bminus\b/gi, "-"],
  [/\b(?:times|multiplied by)\b|[×·]/gi, "*"],
  [/\b(?:divided by|over)\b|÷/gi, "/"],
  [/\b(?:to the power of)\b/gi, "^"],
  [/(?<=\d),(?=\d{3}(?!\d))/g, ""],
];
const TIME =
  /\b(?:what time is it|what(?:'s| is) the (?:current )?(?:time|date)|current (?:time|date)|what (?:day|date|year) is (?:it|today)|what(?:'s| is) today|today's date)\b/i;

/** A question that one tool answers by itself, if the agent has it: arithmetic, the time. */
export function planDirectCall(text: string, tools: readonly ToolSpec[]): PlannedCall | undefined {
  const calculator = tools.find((tool) => tool.name === "calculator");
  const expression = arithmeticOf(text);
  if (calculator && expression !== undefined)
    return {
      name: calculator.name,
      arguments: { [firstProperty(calculator) ?? "expression"]: expression },
    };
  const clock = tools.find((tool) => tool.name === "current_time");
  return clock && TIME.test(text) ? { name: clock.name, arguments: {} } : undefined;
}

/** The expression, where the question is nothing but one. */
function arithmeticOf(text: string): string | undefined {
  const symbols = IN_WORDS.reduce((line, [words, sign]) => line.replaceAll(words, sign), text);
  const rest = symbols
    .replaceAll(FILLER, " ")
    .replace(/[.\s]+$/, "")
    .trim();
  const isArithmetic =
    /^[\d\s.()+\-*/^%]+$/.test(rest) && /\d\s*\)?\s*[-+*/^%]\s*[-(]?\s*\d/.test(rest);
  return isArithmetic ? rest : undefined;
}

function firstProperty(tool: ToolSpec): string | undefined {
  const { properties } = tool.parameters;
  return properties !== null && typeof properties === "object"
    ? Object.keys(properties)[0]
    : undefined;
}

/** What the tool of a direct question answered; undefined until it did. */
export function directAnswer(
  planned: PlannedCall,
  seen: Observations,
): { text: string; answered: boolean } | undefined {
  const answered = seen.answers.find(({ call }) => call.name === planned.name);
  if (!answered) return undefined;
  const said = outputText(answered.output);
  if (answered.failed) return { text: `The tool ${planned.name} failed: ${said}`, answered: false };
  const asked = Object.values(planned.arguments)[0];
  return { text: typeof asked === "string" ? `${asked} = ${said}` : said, answered: true };
}

function outputText(output: unknown): string {
  if (output === null || typeof output !== "object") return String(output);
  const fields = Object.entries(output as { [key: string]: Json }); // tools answer with JSON
  const result = fields.find(([key]) => key === "result" || key === "value")?.[1];
  if (typeof result === "number" || typeof result === "string") return String(result);
  return fields
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}
