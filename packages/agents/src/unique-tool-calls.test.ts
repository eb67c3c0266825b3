import { describe, expect, it } from "vitest";
import { uniqueToolCalls } from "./unique-tool-calls.ts";

const call = (id: string) => ({ id, name: "t", arguments: {} });
function idsOf(ids: string[], taken: Set<string>, modelCall = 3): string[] {
  return uniqueToolCalls(ids.map(call), { modelCall, taken }).map((made) => made.id);
}

describe("uniqueToolCalls", () => {
  it("leaves ids alone that are new", () => {
    expect(idsOf(["a", "b"], new Set(["c"]))).toEqual(["a", "b"]);
  });

  it("renames ids that are empty, repeated in the answer, or used before", () => {
    expect(idsOf(["", "a", "a", "old"], new Set(["old"]))).toEqual([
      "call_3_0",
      "a",
      "call_3_2",
      "call_3_3",
    ]);
  });

  it("makes a name that is free where the model took that too", () => {
    expect(idsOf(["call_0_1", "call_0_1"], new Set(), 0)).toEqual(["call_0_1", "call_0_1_"]);
  });
});
