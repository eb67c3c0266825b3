import { describe, expect, it } from "vitest";
import type { RunEvent } from "./run-event.ts";
import { createRunViewer } from "./run-view.ts";

function event(id: string, type: RunEvent["type"], fields: object = {}): RunEvent {
  // A fixture: the fields of each type are given by the test.
  return { id, type, data: { run_id: "r", at: "t", ...fields } } as unknown as RunEvent;
}
const delta = (id: string, message_id: string, text: string) =>
  event(id, "message.delta", { message_id, text });

describe("createRunViewer", () => {
  it("joins deltas, then holds the content, tool calls, usage and the end", () => {
    const viewer = createRunViewer();
    for (const e of [
      event("0-1", "run.queued"),
      event("1-1", "run.started"),
      event("1-2", "message.started", { message_id: "m1" }),
      delta("1-3", "m1", "Hel"),
      delta("1-4", "m1", "lo"),
    ])
      viewer.apply(e);
    expect(viewer.view.messages).toEqual([
      { id: "m1", text: "Hello", isComplete: false, metadata: undefined },
    ]);
    const call = { tool_call_id: "c1", name: "calculator" };
    for (const e of [
      event("1-5", "message.completed", {
        message_id: "m1",
        content: "Hello",
        metadata: { offline: true },
      }),
      event("1-6", "tool_call.started", { ...call, arguments: { expression: "1+1" } }),
      event("1-7", "tool_call.started", { tool_call_id: "c2", name: "x", arguments: {} }),
      event("1-7.1", "values", { values: {}, messages: [] }),
      event("1-7", "tool_call.emitted", { tool_call_id: "c2", name: "x", value: "half" }),
      event("1-8", "tool_call.failed", { tool_call_id: "c2", name: "x", error: { code: "e" } }),
      event("1-9", "tool_call.completed", { ...call, output: 2 }),
      event("1-10", "usage.updated", { input_tokens: 1, output_tokens: 2 }),
      event("1-11", "run.completed", {
        stop_reason: "completed",
        output: "Hello",
        usage: { input_tokens: 1, output_tokens: 2 },
      }),
    ])
      viewer.apply(e);
    expect(viewer.view).toEqual({
      state: "ended",
      stopReason: "completed",
      messages: [{ id: "m1", text: "Hello", isComplete: true, metadata: { offline: true } }],
      toolCalls: [
        {
          id: "c1",
          name: "calculator",
          arguments: { expression: "1+1" },
          state: "completed",
          emitted: [],
          output: 2,
          error: undefined,
        },
        {
          id: "c2",
          name: "x",
          arguments: {},
          state: "failed",
          emitted: ["half"],
          output: undefined,
          error: { code: "e" },
        },
      ],
      usage: { input_tokens: 1, output_tokens: 2 },
      output: "Hello",
      error: undefined,
    });
  });

  it("takes back what came after the last durable event, and what begins again", () => {
    const viewer = createRunViewer();
    for (const e of [
      event("1-1", "run.started"),
      delta("1-2", "kept", "kept"),
      delta("1-3", "cut", "durable part "),
      // Never stored: sent by a worker that died before its commit.
      delta("1-4", "cut", "lost part"),
      event("1-5", "tool_call.started", { tool_call_id: "c1", name: "x", arguments: {} }),
    ])
      viewer.apply(e);
    const voided = viewer.apply(event("2-1", "run.resumed", { after: "1-3", restarted: ["cut"] }));
    expect(voided).toEqual({ messageIds: ["cut"], toolCallIds: ["c1"] });
    expect(viewer.view.messages).toEqual([
      { id: "kept", text: "kept", isComplete: false, metadata: undefined },
    ]);
    expect(viewer.view.toolCalls).toEqual([]);
    viewer.apply(delta("2-2", "again", "new"));
    expect(viewer.view.messages.map(({ id, text }) => [id, text])).toEqual([
      ["kept", "kept"],
      ["again", "new"],
    ]);
  });

  it("shortens a message that goes on under the same id", () => {
    const viewer = createRunViewer();
    viewer.apply(delta("1-1", "m", "a"));
    viewer.apply(delta("1-2", "m", "b"));
    viewer.apply(event("2-1", "run.resumed", { after: "1-1", restarted: [] }));
    viewer.apply(delta("2-2", "m", "c"));
    expect(viewer.view.messages[0]?.text).toBe("ac");
  });

  it("begins from the snapshot of a stream.reset", () => {
    const viewer = createRunViewer();
    viewer.apply(delta("1-1", "m", "a"));
    const voided = viewer.apply(
      event("9-9", "stream.reset", {
        reason: "position_unknown",
        run: { state: "ended", stop_reason: "completed", output: "all" },
      }),
    );
    expect(voided).toEqual({ messageIds: ["m"], toolCallIds: [] });
    expect(viewer.view).toMatchObject({ state: "ended", output: "all", messages: [] });
  });

  it("waits while paused, runs again when resumed", () => {
    const viewer = createRunViewer();
    viewer.apply(event("1-1", "run.paused", { stop_reason: "effect_unknown", step_keys: ["s"] }));
    expect(viewer.view).toMatchObject({ state: "waiting", stopReason: "effect_unknown" });
    viewer.apply(event("2-1", "run.resumed", { after: "1-1", restarted: [] }));
    expect(viewer.view).toMatchObject({ state: "running", stopReason: undefined });
  });

  it("ignores types of a newer server", () => {
    const viewer = createRunViewer();
    viewer.apply(event("1-1", "cache.hit" as RunEvent["type"]));
    expect(viewer.view.state).toBe("queued");
  });
});
