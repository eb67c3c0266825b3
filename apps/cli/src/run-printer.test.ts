import type { RunEvent } from "@llamaagent/client";
import { expect, it } from "vitest";
import { createRunPrinter } from "./run-printer.ts";

function event(id: string, type: RunEvent["type"], fields: object = {}): RunEvent {
  // A fixture: the fields of each type are given by the test.
  return { id, type, data: { run_id: "r", at: "t", ...fields } } as unknown as RunEvent;
}

function printed(
  events: RunEvent[],
  isLive = true,
): { answer: string; notes: string; all: string } {
  const shown = { answer: "", notes: "", all: "" };
  const printer = createRunPrinter({
    text: (text) => {
      shown.answer += text;
      shown.all += text;
    },
    note: (text) => {
      shown.notes += text;
      shown.all += text;
    },
    isLive,
  });
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
      "← search_files(cache) a b",
      "✗ read_file(): no such file",
      "✓ completed · tokens: 12 in, 40 out",
      "",
    ].join("\n"),
  );
  expect(all.split("\n")).toHaveLength(7);
});

it("says that a lost worker's text is void, and shows again what stands of it", () => {
  const { answer } = printed([
    event("1-1", "message.delta", { message_id: "m", text: "stored " }),
    event("1-2", "message.delta", { message_id: "m", text: "lost" }),
    event("2-1", "run.resumed", { after: "1-1", restarted: [] }),
    event("2-2", "message.delta", { message_id: "m", text: "again" }),
  ]);
  expect(answer).toBe(
    "stored lost\n‒ the worker was lost; what it had not stored is void and begins again\nstored again",
  );
});

it("writes only whole messages where what was written cannot be taken back", () => {
  const { answer, notes } = printed(
    [
      event("1-1", "message.delta", { message_id: "m", text: "What is " }),
      event("1-2", "message.delta", { message_id: "m", text: "lost" }),
      event("2-1", "run.resumed", { after: "1-0", restarted: ["m"] }),
      event("2-2", "message.delta", { message_id: "m", text: "It is " }),
      event("2-3", "message.delta", { message_id: "m", text: "42." }),
      event("2-4", "message.completed", { message_id: "m", content: "It is 42." }),
      event("2-5", "message.delta", { message_id: "n", text: "cut" }),
      event("2-6", "run.cancelled", { stop_reason: "cancelled" }),
    ],
    false,
  );
  expect(answer).toBe("It is 42.\n");
  expect(notes).toBe(
    "‒ the worker was lost; what it had not stored is void and begins again\n✗ cancelled\n",
  );
});

it("says to which call a result belongs, whatever order they end in", () => {
  const call = (id: string, query: string) =>
    event(`1-${id}`, "tool_call.started", {
      tool_call_id: id,
      name: "search_files",
      arguments: { query, limit: 3, exact: true },
    });
  const result = (id: string) =>
    event(`2-${id}`, "tool_call.completed", {
      tool_call_id: id,
      name: "search_files",
      output: "none",
    });
  const { notes } = printed([
    call("1", "cache"),
    call("2", "x".repeat(50)),
    result("2"),
    result("1"),
  ]);
  expect(notes.split("\n").slice(2, 4)).toEqual([
    `← search_files(${"x".repeat(39)}…) none`,
    "← search_files(cache, 3) none",
  ]);
});

it("keeps what models and tools write from controlling the terminal", () => {
  const { all } = printed([
    event("1-1", "message.delta", { message_id: "m", text: "a\u001b[2Jb\tc" }),
    event("1-2", "run.failed", { error: { code: "tool_failed", detail: "x\u001b]0;y\u0007" } }),
  ]);
  expect(all).toBe("a[2Jb\tc\n✗ tool_failed: x]0;y\n");
});
