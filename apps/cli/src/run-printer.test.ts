import type { RunEvent } from "@llamaagent/client";
import { expect, it } from "vitest";
import { createRunPrinter } from "./run-printer.ts";

function event(id: string, type: RunEvent["type"], fields: object = {}): RunEvent {
  // A fixture: the fields of each type are given by the test.
  return { id, type, data: { run_id: "r", at: "t", ...fields } } as unknown as RunEvent;
}

function printed(events: RunEvent[]): { answer: string; notes: string; all: string } {
  const shown = { answer: "", notes: "", all: "" };
  const printer = createRunPrinter(
    (text) => {
      shown.answer += text;
      shown.all += text;
    },
    (text) => {
      shown.notes += text;
      shown.all += text;
    },
  );
  for (const e of events) printer.print(e);
  return shown;
}

it("sends the answer one way, and tool calls and the end another", () => {
  const { answer, notes, all } = printed([
    event("1-1", "run.started"),
    event("1-2", "message.delta", { message_id: "m", text: "Let me " }),
    event("1-3", "message.delta", { message_id: "m", text: "look." }),
    event("1-4", "message.completed", { message_id: "m", content: "Let me look." }),
    event("1-5", "tool_call.started", {
      tool_call_id: "c",
      name: "search_files",
      arguments: { query: "cache" },
    }),
    event("1-6", "tool_call.completed", {
      tool_call_id: "c",
      name: "search_files",
      output: "a\nb",
    }),
    event("1-7", "tool_call.failed", {
      tool_call_id: "d",
      name: "read_file",
      error: { code: "tool_failed", detail: "no such file" },
    }),
    event("1-8", "message.delta", { message_id: "n", text: "Done.\n" }),
    event("1-9", "message.completed", { message_id: "n", content: "Done.\n" }),
    event("1-10", "run.completed", {
      stop_reason: "completed",
      usage: { input_tokens: 12, output_tokens: 40 },
    }),
  ]);
  expect(answer).toBe("Let me look.\nDone.\n");
  expect(notes).toBe(
    [
      '→ search_files {"query":"cache"}',
      "← search_files a b",
      "✗ read_file: no such file",
      "✓ completed · tokens: 12 in, 40 out",
      "",
    ].join("\n"),
  );
  expect(all.split("\n")).toHaveLength(7);
});

it("says that a lost worker's text is void, and shows again what stands of it", () => {
  const { all } = printed([
    event("1-1", "message.delta", { message_id: "m", text: "stored " }),
    event("1-2", "message.delta", { message_id: "m", text: "lost" }),
    event("2-1", "run.resumed", { after: "1-1", restarted: [] }),
    event("2-2", "message.delta", { message_id: "m", text: "again" }),
  ]);
  expect(all).toBe(
    "stored lost\n‒ the worker was lost; what it had not stored is void and begins again\nstored again",
  );
});

it("keeps what models and tools write from controlling the terminal", () => {
  const { all } = printed([
    event("1-1", "message.delta", { message_id: "m", text: "a\u001b[2Jb\tc" }),
    event("1-2", "run.failed", { error: { code: "tool_failed", detail: "x\u001b]0;y\u0007" } }),
  ]);
  expect(all).toBe("a[2Jb\tc\n✗ tool_failed: x]0;y\n");
});
