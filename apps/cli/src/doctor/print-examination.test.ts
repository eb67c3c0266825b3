import { expect, it } from "vitest";
import { printExamination } from "./print-examination.ts";

function printed(examination: Parameters<typeof printExamination>[0]): string[] {
  let text = "";
  const out = (part: string) => void (text += part);
  printExamination(examination, {
    out,
    note: out,
    isOutLive: false,
    finishUnread: () => undefined,
  });
  return text.split("\n").map((line) => line.trim());
}

it("says a promise, a fault and what to do about it once, and sums up", () => {
  const fault = { reason: "it is off", advice: "switch it on" };
  const other = { reason: "it is old", advice: "switch it on" };
  const promise = { promise: "It lasts.", bound: "for ever" };
  expect(
    printed({
      checks: [{ status: "warn", check: "lamp", detail: "off", advice: "look below" }],
      promises: [
        { number: 1, ...promise, verdict: "kept", reasons: [] },
        { number: 2, ...promise, verdict: "kept_with_condition", reasons: [fault] },
        { number: 3, ...promise, verdict: "not_kept", reasons: [fault, other] },
      ],
    }),
  ).toEqual([
    "! warn lamp: off",
    "→ look below",
    "",
    "Promises (docs/durability.md has the bounds of each):",
    "✓ kept     1. It lasts.",
    "! kept but 2. It lasts.",
    "✗ not kept 3. It lasts.",
    "",
    "2, 3: it is off",
    "3: it is old",
    "→ switch it on",
    "",
    "✗ Not kept: 3. On a condition: 2.",
    "",
  ]);
});

it("judges nothing that it could not look at", () => {
  const checks = [{ status: "fail", check: "lamp", detail: "gone" } as const];
  expect(printed({ checks })).toEqual([
    "✗ fail lamp: gone",
    "",
    "✗ Failed: lamp. No promise can be judged before that is mended.",
    "",
  ]);
});
