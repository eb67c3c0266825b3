import type { FakeChatRequest } from "../../fake-openai-request.ts";
import { type Turn, turnPieces } from "../../fake-openai-turn.ts";

/** What a run's model does, said by the run's input: so one fake model serves every experiment. */
export interface RunPlan {
  /** Its own for each run: by it the model's calls and the effects are told apart. */
  label: string;
  /** The answers, in their order; the last one repeats. */
  turns: Turn[];
}

/** Of the text of a run's input. */
export function parsePlan(text: string): RunPlan {
  return JSON.parse(text) as RunPlan; // as an experiment wrote it
}

/** The script of the fake model. */
export function plannedTurn({ userText, turn }: FakeChatRequest): Turn {
  return turnOf(parsePlan(userText), turn);
}

/** A text ends with the run's label: no other run's answer can be taken for it. */
export function turnOf({ label, turns }: RunPlan, turn: number): Turn {
  const planned = turns[Math.min(turn, turns.length - 1)];
  if (planned === undefined) throw new Error("the plan has no turns");
  const pieces = turnPieces(planned);
  return pieces.length === 0 ? planned : { ...planned, chunks: [...pieces, ` (${label})`] };
}

/** Labels of the unsafe effects that a run has to have, each once. */
export function unsafeEffects({ turns }: RunPlan): string[] {
  return turns
    .flatMap(({ toolCalls = [] }) => toolCalls)
    .filter(({ name }) => name === "write_once")
    .map((call) => (call.arguments as { label: string }).label); // as `toolCall` made them
}
