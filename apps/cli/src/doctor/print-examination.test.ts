import { expect, it } from "vitest";
import { printExamination } from "./print-examination.ts";

function printed(examination: Parameters<typeof printExamination>[0]): string[] {
  let text = "";
  const out = (part: string) => void (text += part);
  printExamination(examination, { out, note: out, isOutLive: false });
  return text.split("\n").map((line) => line.trim());
}

it("says what to do about a fault once, however many promises it takes from", () => {
  const fault = { reason: "it is off", advice: "switch it on" };
  const promise = { promise: "It lasts.", bound: "for ever" };
  expect(
    printed({
      checks: [{ status: "warn", check: "lamp", detail: "off", advice: "look below" }],
      promises: [
        { number: 1, ...promise, verdict: "kept", reasons: [] },
        { number: 2, ...promise, verdict: "kept_with_condition", reasons: [fault] },
        { number: 3, ...promise, verdict: "not_kept", reasons: [fault] },
      ],
    }),
  ).toEqual([
    "! warn lamp: off",
    "→ look below",
    "",
    "Promises (docs/durability.md says more of each):",
    "✓ kept     1. It lasts.",
    "bound: for ever",
    "! kept but 2. It lasts.",
    "bound: for ever",
    "it is off",
    "→ switch it on",
    "✗ not kept 3. It lasts.",
    "bound: for ever",
    "it is off",
    "",
  ]);
});

it("judges nothing that it could not look at", () => {
  const checks = [{ status: "fail", check: "lamp", detail: "gone" } as const];
  expect(printed({ checks })).toEqual([
    "✗ fail lamp: gone",
    "",
    "Promises: judged when the failures above are mended",
    "",
  ]);
});
