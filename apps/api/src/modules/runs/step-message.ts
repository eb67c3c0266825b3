import {
  assertNever,
  endsStep,
  type Message,
  type RunEventData,
  type RunEventType,
  type StoredEvent,
  toolMessage,
} from "@llamaagent/core";

type Fields<T extends RunEventType> = RunEventData<T> & { run_id: string; at: string };

/** The data of an event as its writer made it: nobody else stores events, and tools' outputs are large. */
export function fieldsOf<T extends RunEventType>(_type: T, data: string): Fields<T> {
  return JSON.parse(data) as Fields<T>;
}

export interface StepMessage {
  at: string;
  kind: "model" | "tool";
  /** The tool's. */
  name?: string;
  /** The message or call that an epoch may begin again. */
  subject: string;
  message: Message;
}

/** What an ended step adds to its run's messages; undefined for an event that ends no step. */
export function stepMessage({ type, data }: StoredEvent): StepMessage | undefined {
  if (!endsStep(type)) return undefined;
  switch (type) {
    case "message.completed": {
      const { at, message_id: id, role, content, tool_calls, metadata } = fieldsOf(type, data);
      const calls = tool_calls.length > 0 ? { tool_calls } : {};
      const message = { id, role, content, ...calls, ...(metadata ? { metadata } : {}) };
      return { at, kind: "model", subject: id, message };
    }
    case "tool_call.completed": {
      const { at, tool_call_id: id, name, output } = fieldsOf(type, data);
      const message = toolMessage({ id }, { status: "completed", output });
      return { at, kind: "tool", name, subject: id, message };
    }
    case "tool_call.failed": {
      const { at, tool_call_id: id, name, error } = fieldsOf(type, data);
      const message = toolMessage({ id }, { status: "failed", error });
      return { at, kind: "tool", name, subject: id, message };
    }
    default:
      return assertNever(type);
  }
}
