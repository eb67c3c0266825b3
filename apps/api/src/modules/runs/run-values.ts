import {
  compareEventIds,
  type EpochStart,
  type EventId,
  type Json,
  type Message,
  parseEventId,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import type { ReaderPlace } from "./reader-memory.ts";
import type { RunWaitResponse } from "./runs.schemas.ts";
import { fieldsOf, type StepMessage } from "./step-message.ts";
import { valuesOf } from "./wait-for-run.ts";

/** What a run has come to, from its events: of one that has completed, what `/wait` answers. */
export interface RunValues {
  /** Takes the next event, and what it adds if it ends a step; what a later epoch voids no longer counts. */
  take(event: StoredEvent, step?: StepMessage): void;
  read(): Pick<RunWaitResponse, "values" | "messages">;
}

interface EndedStep {
  id: EventId;
  subject: string;
  message: Message;
  bytes: number;
}

/** What it keeps takes the place, for as long as the stream lasts. */
export function createRunValues(input: readonly Message[], place: ReaderPlace): RunValues {
  const inputBytes = Buffer.byteLength(JSON.stringify(input));
  let steps: EndedStep[] = [];
  let output: Json | undefined;
  let outputBytes = 0;
  const hold = (): void =>
    place.hold(steps.reduce((sum, { bytes }) => sum + bytes, inputBytes + outputBytes));
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
        output = fieldsOf(event.type, event.data).output;
        outputBytes = Buffer.byteLength(event.data);
        hold();
      }
      if (step) {
        const bytes = Buffer.byteLength(event.data);
        steps.push({ id, subject: step.subject, message: step.message, bytes });
        hold();
      }
    },
    read: () => ({
      values: valuesOf(output === undefined ? {} : { output }),
      messages: [...input, ...inOrder(steps.map(({ message }) => message))],
    }),
  };
}

/** Calls end in any order; their answers follow the message that asked for them in the order of the calls. */
function inOrder(messages: readonly Message[]): Message[] {
  const answers = new Map(messages.map((message) => [message.tool_call_id, message]));
  const placed = new Set<Message>();
  for (const message of messages) {
    placed.add(message);
    for (const { id } of message.tool_calls ?? []) {
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
