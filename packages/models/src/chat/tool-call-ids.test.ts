import type { Message } from "@llamaagent/core";
import { expect, it } from "vitest";
import { uniqueToolCallIds } from "./tool-call-ids.ts";

const call = (id: string | undefined) => ({ id, name: "x", arguments: {} });
const ids = (given: (string | undefined)[], before: string[] = []) => {
  const tool_calls = before.map((id) => ({ id, name: "x", arguments: {} }));
  const messages: Message[] = [{ role: "assistant", content: "", tool_calls }];
  const calls = uniqueToolCallIds(given.map(call), { messages, step: "model/2" });
  return calls.map(({ id }) => id);
};

it("keeps ids that are unique", () => {
  expect(ids(["a", "b"], ["c"])).toEqual(["a", "b"]);
});

it("names calls without an id, and repeats, after the step and their place", () => {
  expect(ids(["a", undefined, "a", ""], [])).toEqual([
    "a",
    "call_model_2_1",
    "call_model_2_2",
    "call_model_2_3",
  ]);
});

it("looks at the whole conversation", () => {
  expect(ids(["a", undefined], ["a", "call_model_2_1"])).toEqual([
    "call_model_2_0",
    "call_model_2_1_2",
  ]);
});
