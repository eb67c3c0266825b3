import type { Terminal } from "../terminal.ts";
import type { CheckResult } from "./check.ts";
import { conclude } from "./conclude.ts";
import type { Examination } from "./examine.ts";
import type { Judgement } from "./promises/judge-promises.ts";

const CHECKS = {
  ok: { mark: "✓ ok  ", style: "green" },
  warn: { mark: "! warn", style: "yellow" },
  fail: { mark: "✗ fail", style: "red" },
} as const;
const VERDICTS = {
  kept: { mark: "✓ kept    ", style: "green" },
  kept_with_condition: { mark: "! kept but", style: "yellow" },
  not_kept: { mark: "✗ not kept", style: "red" },
} as const;

export function printExamination(found: Examination, terminal: Terminal): void {
  for (const result of found.checks) printCheck(result, terminal);
  if (found.promises !== undefined) printPromises(found.promises, terminal);
  const { isSound, text } = conclude(found);
  terminal.out(`\n${isSound ? "✓" : "✗"} ${text}\n`, isSound ? "green" : "red");
}

function printCheck({ status, check, detail, advice }: CheckResult, { out }: Terminal): void {
  const { mark, style } = CHECKS[status];
  out(mark, style);
  out(` ${check}: ${detail}\n`);
  if (advice !== undefined) out(`       → ${advice}\n`);
}

/** One fault often takes from many promises, and one remedy helps against many: each is said once. */
function printPromises(promises: readonly Judgement[], { out }: Terminal): void {
  out("\nPromises (docs/durability.md has the bounds of each):\n");
  for (const { number, promise, verdict } of promises) {
    const { mark, style } = VERDICTS[verdict];
    out(mark, style);
    out(` ${number}. ${promise}\n`);
  }
  const limited = promises.flatMap(({ number, reasons }) =>
    reasons.map((limit) => ({ number, ...limit })),
  );
  for (const [advice, limits] of Map.groupBy(limited, (limit) => limit.advice)) {
    for (const [reason, those] of Map.groupBy(limits, (limit) => limit.reason))
      out(`\n  ${those.map(({ number }) => number).join(", ")}: ${reason}`);
    out(`\n     → ${advice}\n`);
  }
}
