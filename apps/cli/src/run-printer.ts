import { createRunViewer, type RunEvent, type RunView, type Voided } from "@llamaagent/client";
import { oneLine, withoutControls, type Writer } from "./terminal.ts";

export interface RunPrinter {
  print(event: RunEvent): void;
  readonly view: RunView;
}

/**
 * Shows a run while it goes on: the answer's text through `text`, the rest through `note`. Where
 * `isLive` is false, a message is written when it is complete: a pipe cannot take back what a lost
 * worker had not stored.
 */
export function createRunPrinter(options: {
  text: Writer;
  note: Writer;
  isLive: boolean;
}): RunPrinter {
  const { text, note, isLive } = options;
  const viewer = createRunViewer();
  let isMidLine = false;
  const endLine = () => {
    if (isMidLine) text("\n");
    isMidLine = false;
  };
  const answer = (content: string) => {
    text(withoutControls(content));
    if (content !== "") isMidLine = !content.endsWith("\n");
  };

  function printVoided({ messageIds, toolCallIds }: Voided): void {
    if (messageIds.length + toolCallIds.length === 0) return;
    endLine();
    // Beside the text that it takes back, wherever the notes go.
    const mark = isLive ? text : note;
    mark("‒ the worker was lost; what it had not stored is void and begins again\n", "yellow");
    if (!isLive) return;
    // A message that was cut but goes on: its stored part stands.
    for (const message of viewer.view.messages)
      if (messageIds.includes(message.id)) answer(message.text);
  }

  return {
    get view() {
      return viewer.view;
    },
    print(event) {
      printVoided(viewer.apply(event));
      if (event.type === "message.delta") {
        if (isLive) answer(event.data.text);
        return;
      }
      if (event.type === "message.completed") {
        if (!isLive) answer(event.data.content);
        endLine();
      }
      const line = eventLine(event, viewer.view);
      if (line === undefined) return;
      endLine();
      note(`${line[0]}\n`, line[1]);
    },
  };
}

/** What an event other than the answer's text is shown as, if at all. */
function eventLine(event: RunEvent, view: RunView): Parameters<Writer> | undefined {
  if (event.type === "tool_call.started")
    return [`→ ${event.data.name} ${shown(event.data.arguments)}`, "cyan"];
  if (event.type === "tool_call.completed")
    return [`← ${callOf(event.data, view)} ${shown(event.data.output)}`, "dim"];
  if (event.type === "tool_call.failed")
    return [`✗ ${callOf(event.data, view)}: ${oneLine(event.data.error.detail, 200)}`, "yellow"];
  if (event.type === "run.paused")
    return [
      `‖ paused: whether ${event.data.step_keys.join(", ")} took effect is unknown`,
      "yellow",
    ];
  return view.state === "ended" ? ending(view) : undefined;
}

/** Results come in any order: `search_files(cache)` says whose this one is. */
function callOf({ tool_call_id: id, name }: { tool_call_id: string; name: string }, view: RunView) {
  const given = view.toolCalls.find((call) => call.id === id)?.arguments;
  const values = given !== null && typeof given === "object" ? Object.values(given) : [];
  const texts = values.filter((value) => typeof value === "string" || typeof value === "number");
  return `${name}(${oneLine(texts.join(", "), 40)})`;
}

function shown(value: unknown): string {
  return oneLine(typeof value === "string" ? value : JSON.stringify(value), 160);
}

function ending({ stopReason, error, usage }: RunView): Parameters<Writer> {
  const tokens = usage ? ` · tokens: ${usage.input_tokens} in, ${usage.output_tokens} out` : "";
  if (error) return [`✗ ${error.code}: ${oneLine(error.detail, 500)}${tokens}`, "red"];
  if (stopReason === "cancelled") return [`✗ cancelled${tokens}`, "yellow"];
  return [`✓ ${stopReason}${tokens}`, "green"];
}
