import { readFile } from "node:fs/promises";
import { type Client, createRunViewer, isTerminalEvent, type RunEvent } from "@llamaagent/client";
import type { EffectLine } from "./effects-plugin.ts";
import type { ModelCall } from "./four-step-script.ts";

/** What the world outside the server saw: the model's calls and the effects. */
export interface Outside {
  calls: readonly ModelCall[];
  effects: readonly EffectLine[];
}

export async function readEffects(file: string): Promise<EffectLine[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  // Lines that our own plug-in wrote.
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EffectLine);
}

/** Settles every unknown step of a waiting run by what the effects' file says. */
export async function settleUnknown(
  client: Client,
  runId: string,
  effects: readonly EffectLine[],
): Promise<number> {
  const { items } = await client.runs.steps(runId);
  const unknown = items.filter((step) => step.state === "unknown");
  for (const { step_key } of unknown) {
    const done = effects.some(({ key }) => key === `${runId}:${step_key}`);
    await client.runs.resume(
      runId,
      done
        ? { step_key, outcome: "done", output: { label: "settled" } }
        : { step_key, outcome: "not_done" },
    );
  }
  return unknown.length;
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
  const once = outside.effects.filter(({ label }) => label === `${run.label}/effect`);
  if (once.length !== 1) fault(`its unsafe effect took place ${once.length} times`);
  return faults;
}

/** Gapless ids; after dropping what later epochs void, the joined deltas of each message equal its content. */
export function streamFaults(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const viewer = createRunViewer();
  const deltas = new Map<string, string>();
  let [epoch, seq] = [0, 0];
  for (const event of events) {
    const [nextEpoch = -1, nextSeq = -1] = event.id.split("-").map(Number);
    const follows = nextEpoch === epoch ? nextSeq === seq + 1 : nextEpoch > epoch && nextSeq === 1;
    if (!follows) faults.push(`event ${event.id} follows ${epoch}-${seq}`);
    [epoch, seq] = [nextEpoch, nextSeq];
    for (const id of viewer.apply(event).messageIds) {
      // What still holds of a message is in the view.
      deltas.set(id, viewer.view.messages.find((message) => message.id === id)?.text ?? "");
    }
    if (event.type === "message.delta") {
      const { message_id: id, text } = event.data;
      deltas.set(id, (deltas.get(id) ?? "") + text);
    }
    if (event.type === "message.completed") {
      const { message_id: id, content } = event.data;
      if ((deltas.get(id) ?? "") !== content)
        faults.push(`the deltas of ${id} are not its content`);
    }
  }
  const { messages, toolCalls } = viewer.view;
  if (messages.some((message) => !message.isComplete)) faults.push("a message is incomplete");
  if (messages.length !== 3) faults.push(`there are ${messages.length} messages, not 3`);
  if (toolCalls.some(({ state }) => state !== "completed"))
    faults.push("a tool call is not complete");
  if (toolCalls.length !== 4) faults.push(`there are ${toolCalls.length} tool calls, not 4`);
  return faults;
}
