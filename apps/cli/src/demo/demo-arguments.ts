import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { CliError, EXIT } from "../cli-error.ts";

export interface DemoArguments {
  /** Absolute. */
  file: string;
  question: string;
  /** `provider/model`; the first configured one where absent. */
  model: string | undefined;
}

export const DEMO_USAGE = `Usage: npm run demo [-- --file PATH] [--question TEXT] [--model PROVIDER/MODEL]

  --file      a text file to ask about (default: README.md)
  --question  what to ask (default: a question that README.md answers)
  --model     e.g. openai/gpt-4o-mini or ollama/llama3.2 (default: the first one configured)

Exit codes: 0 the run succeeded, 1 it failed, 2 arguments that cannot be used.`;

/** README.md answers it. */
const README_QUESTION = "How do I use a real model?";

/** `help` for --help. Relative paths start at `directory`. Throws a usage error. */
export function parseDemoArguments(
  args: readonly string[],
  { directory, readme }: { directory: string; readme: string },
): DemoArguments | "help" {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        file: { type: "string" },
        question: { type: "string" },
        model: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    throw new CliError(
      `${error instanceof Error ? error.message : String(error)}\n\n${DEMO_USAGE}`,
      EXIT.usage,
    );
  }
  if (values.help) return "help";
  const { file, model } = values;
  const question =
    values.question ?? (file === undefined ? README_QUESTION : "What is this file about?");
  if (question.trim() === "") throw new CliError("--question: is empty", EXIT.usage);
  if (model !== undefined && !/^[^/\s]+\/\S+$/.test(model))
    throw new CliError(
      `--model ${model}: must be provider/model, e.g. openai/gpt-4o-mini`,
      EXIT.usage,
    );
  return { file: file === undefined ? readme : resolve(directory, file), question, model };
}
