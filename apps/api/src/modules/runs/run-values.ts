import {
  compareEventIds,
  type EpochStart,
  type EventId,
  type Message,
  parseEventId,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import type { ReaderPlace } from "../../reader-memory.ts";
import { fieldsOf, type StepMessage } from "./step-message.ts";
import { valuesOf } from "./wait-for-run.ts";

/** What a run has come to, from its events: of one that has completed, what `/wait` answers. */
export interface RunValues {
  /** Takes the next event, and what it adds if it ends a step; what a later epoch voids no longer counts. */
  take(event: StoredEvent, step?: StepMessage): void;
  /** The fields `values` and `messages`, as the JSON text of an object without its braces. */
  read(): string;
}

interface EndedStep {
  id: EventId;
  subject: string;
  /** The message's. */
  toolCallId: string | undefined;
  callIds: string[];
  /** Of the message, as JSON: parsed it may take twenty times as much memory. */
  text: string;
  /** Of the text. */
  bytes: number;
}

/** What it keeps takes the place, for as long as the stream lasts. */
export function createRunValues(input: readonly Message[], place: ReaderPlace): RunValues {
  const inputTexts = input.map((message) => JSON.stringify(message));
  let valuesText = JSON.stringify(valuesOf({}));
  let steps: EndedStep[] = [];
  const inputBytes = inputTexts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const hold = (): void => {
    const ofSteps = steps.reduce((sum, { bytes }) => sum + bytes, 0);
    place.hold(inputBytes + Buffer.byteLength(valuesText) + ofSteps);
  };
  hold();

  function keepUpTo(last: EventId, restarted: readonly string[] = []): void {
    steps = steps.filter(
      ({ id, subject }) => compareEventIds(id, last) <= 0 && !restarted.includes(subject),
    );
  }

  return {
    take(event, step) {
      const id = parseEventId(event.id) ?? START;
      const start = epochStart(event);
      if (start) keepUpTo(parseEventId(start.after) ?? START, start.restarted);
      if (event.type === "stream.reset") keepUpTo(id);
      if (event.type === "run.completed") {
        const { output } = fieldsOf(event.type, event.data);
        valuesText = JSON.stringify(valuesOf({ output }));
        hold();
      }
      if (step) {
        steps.push({ id, ...endedStep(step) });
        hold();
      }
    },
    read() {
      const messages = [...inputTexts, ...inOrder(steps).map(({ text }) => text)];
      return `"values":${valuesText},"messages":[${messages.join(",")}]`;
    },
  };
}

function endedStep({ subject, message }: StepMessage): Omit<EndedStep, "id"> {
  const { tool_call_id: toolCallId, tool_calls: calls = [] } = message;
  const text = JSON.stringify(message);
  return {
    subject,
    toolCallId,
    callIds: calls.map(({ id }) => id),
    text,
    bytes: Buffer.byteLength(text),
  };
}

/** Calls end in any order; their answers follow the message that asked for them in the order of the calls. */
function inOrder(steps: readonly EndedStep[]): EndedStep[] {
  const answers = new Map(steps.map((step) => [step.toolCallId, step]));
  const placed = new Set<EndedStep>();
  for (const step of steps) {
    placed.add(step);
    for (const id of step.callIds) {
      const answer = answers.get(id);
      if (answer) placed.add(answer);
    }
  }
  return [...placed];
}

/** What the first event of a later epoch says of the ones before. */
export function epochStart({ id, data }: StoredEvent): EpochStart | undefined {
  if (!id.endsWith("-1")) return undefined;
  const { after, restarted = [] } = JSON.parse(data) as Partial<EpochStart>; // as its writer made it
  return after === undefined ? undefined : { after, restarted };
}
