import type { Terminal } from "../terminal.ts";
import type { CheckResult } from "./check.ts";
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

export function printExamination({ checks, promises }: Examination, terminal: Terminal): void {
  for (const result of checks) printCheck(result, terminal);
  if (promises === undefined) {
    terminal.out("\nPromises: judged when the failures above are mended\n");
    return;
  }
  terminal.out("\nPromises (docs/durability.md says more of each):\n");
  const given = new Set<string>();
  for (const judgement of promises) printPromise(judgement, given, terminal);
}

function printCheck({ status, check, detail, advice }: CheckResult, { out }: Terminal): void {
  const { mark, style } = CHECKS[status];
  out(mark, style);
  out(` ${check}: ${detail}\n`);
  if (advice !== undefined) out(`       → ${advice}\n`);
}

/** One fault often takes from many promises: what to do about it is said once. */
function printPromise(judgement: Judgement, given: Set<string>, { out }: Terminal): void {
  const { number, promise, bound, verdict, reasons } = judgement;
  const { mark, style } = VERDICTS[verdict];
  out(mark, style);
  out(` ${number}. ${promise}\n`);
  out(`              bound: ${bound}\n`, "dim");
  for (const { reason, advice } of reasons) {
    out(`              ${reason}\n`, style);
    if (!given.has(advice)) out(`              → ${advice}\n`);
    given.add(advice);
  }
}
