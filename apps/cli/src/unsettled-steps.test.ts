import { expect, it } from "vitest";
import { noteUnsettled } from "./unsettled-steps.ts";

function noted(...steps: { step_key: string; name?: string }[]): string {
  let text = "";
  noteUnsettled({ note: (line) => void (text += line) }, "r", steps);
  return text;
}

it("says for each step how it is settled, as a shell reads it", () => {
  expect(noted({ step_key: "model/0/tools/0", name: "send" }, { step_key: "it's 1" })).toBe(
    [
      "‖ waits for a person: did send take effect? llamaagent runs resume r model/0/tools/0 --outcome <done|not_done|abort> [--output <json>]",
      String.raw`‖ waits for a person: did the step take effect? llamaagent runs resume r 'it'\''s 1' --outcome <done|not_done|abort> [--output <json>]`,
      "",
    ].join("\n"),
  );
});
