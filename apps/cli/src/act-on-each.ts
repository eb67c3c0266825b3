import { isLlamaAgentError, type LlamaAgentError } from "@llamaagent/client";
import { EXIT, type ExitCode } from "./cli-error.ts";
import { noteProblem } from "./output/note-problem.ts";
import { createProgress } from "./output/progress.ts";
import type { Remote } from "./remote.ts";

export interface Act {
  ids: readonly string[];
  /** The field of the id: `run_id`. */
  idField: string;
  /** Of what is acted on, in the plural. */
  noun: string;
  /** What came of one, printed beside its id. */
  act: (id: string) => Promise<Record<string, string>>;
}

/** One after the other; one that cannot be does not keep the rest from it, and makes the exit code 1. */
export async function actOnEach(
  { terminal, isJson }: Remote,
  { ids, idField, noun, act }: Act,
): Promise<ExitCode> {
  terminal.finishUnread();
  const each = [...new Set(ids)];
  const progress = createProgress(terminal, noun);
  let exitCode: ExitCode = EXIT.done;
  for (const [at, id] of each.entries()) {
    const outcome = await act(id).catch((error: unknown) => refusal(error));
    if (isLlamaAgentError(outcome)) {
      exitCode = EXIT.failed;
      const { code, detail, errors } = outcome;
      const error = { code, detail, ...(errors.length > 0 ? { errors } : {}) };
      if (isJson) terminal.out(`${JSON.stringify({ [idField]: id, error })}\n`);
      else noteProblem(terminal, outcome, `${id}: `);
    } else if (isJson) terminal.out(`${JSON.stringify({ [idField]: id, ...outcome })}\n`);
    else terminal.out(`${[id, ...Object.values(outcome)].join("  ")}\n`);
    progress.at(at + 1, each.length);
  }
  return exitCode;
}

/** Throws what concerns more than this one: a key that is wrong, a server that is away. */
function refusal(error: unknown): LlamaAgentError {
  if (isLlamaAgentError(error) && [404, 409, 422].includes(error.status ?? 0)) return error;
  throw error;
}
