import { type Client, createRunViewer, isTerminalEvent, type RunEvent } from "@llamaagent/client";
import { endsStep } from "@llamaagent/core";
import type { EffectLine } from "./effect-server.ts";
import type { ModelCall } from "./four-step-script.ts";
import type { Settlement } from "./settlements.ts";
import { messageFaults, orderFaults } from "./stream-faults.ts";
import { repeatedUnsafeCalls } from "./unsafe-calls.ts";

/** What the world outside the server saw, the model's calls and the effects, and what a person said of them. */
export interface Outside {
  calls: readonly ModelCall[];
  effects: readonly EffectLine[];
  settlements: readonly Settlement[];
}

/** What is wrong with an ended run of the four-step script, seen from outside; empty where all is well. */
export async function faultsOfRun(
  client: Client,
  run: { id: string; label: string },
  outside: Outside,
): Promise<string[]> {
  const faults: string[] = [];
  const fault = (text: string): unknown => faults.push(`${run.label} (${run.id}): ${text}`);

  const { state, stop_reason: stopReason } = await client.runs.get(run.id);
  if (state !== "ended" || stopReason !== "completed") fault(`${state}, ${stopReason}`);

  const events: RunEvent[] = [];
  for await (const event of client.runs.stream(run.id)) events.push(event);
  if (events.filter(isTerminalEvent).length !== 1) fault("does not have one terminal event");
  for (const text of streamFaults(events)) fault(text);

  const { items: steps } = await client.runs.steps(run.id);
  if (steps.length !== 7) fault(`has ${steps.length} steps, not 7`);
  // A step that is done and stored again moves the `ended_at` of its row; the log keeps both of its ends.
  const ends = events.filter(({ type }) => endsStep(type)).length;
  if (ends !== steps.length) fault(`its log has ${ends} ends of steps, not ${steps.length}`);
  for (const step of steps) {
    const endedAt = Date.parse(step.ended_at ?? "");
    if (step.state !== "done") fault(`${step.step_key} is ${step.state}`);
    const key = `${run.id}:${step.step_key}`;
    const turn = Number(/^model\/(\d+)$/.exec(step.step_key)?.[1] ?? -1);
    const later = [
      ...outside.calls.filter((call) => call.label === run.label && call.turn === turn),
      ...outside.effects.filter((effect) => effect.key === key),
    ].filter((call) => call.at > endedAt);
    if (later.length > 0) fault(`${step.step_key} was repeated after it was done`);
  }
  const once = outside.effects.filter(
    ({ label, phase }) => phase === "done" && label === `${run.label}/effect`,
  );
  if (once.length !== 1) fault(`its unsafe effect took place ${once.length} times`);
  const own = outside.effects.filter(({ key }) => key.startsWith(`${run.id}:`));
  for (const text of repeatedUnsafeCalls(own, outside.settlements)) fault(text);
  return faults;
}

/** What is wrong with the events of a run of the four-step script, as one reader was given them. */
export function streamFaults(events: readonly RunEvent[]): string[] {
  const faults = [...orderFaults(events), ...messageFaults(events)];
  const viewer = createRunViewer();
  for (const event of events) viewer.apply(event);
  const { messages, toolCalls } = viewer.view;
  if (messages.length !== 3) faults.push(`there are ${messages.length} messages, not 3`);
  if (toolCalls.some(({ state }) => state !== "completed"))
    faults.push("a tool call is not complete");
  if (toolCalls.length !== 4) faults.push(`there are ${toolCalls.length} tool calls, not 4`);
  return faults;
}
