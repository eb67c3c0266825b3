import type { Examination } from "./examine.ts";

export interface Conclusion {
  /** Whether doctor ends with 0. */
  isSound: boolean;
  /** The same in words. */
  text: string;
}

/** One verdict over all that was found. */
export function conclude({ checks, promises }: Examination): Conclusion {
  const failed = checks.filter(({ status }) => status === "fail").map(({ check }) => check);
  const numbers = (wanted: string): number[] =>
    (promises ?? []).filter(({ verdict }) => verdict === wanted).map(({ number }) => number);
  const broken = numbers("not_kept");
  const conditional = numbers("kept_with_condition");
  const sentences = [
    failed.length > 0 && `Failed: ${[...new Set(failed)].join(", ")}.`,
    promises === undefined && "No promise can be judged before that is mended.",
    broken.length > 0 && `Not kept: ${broken.join(", ")}.`,
    broken.length === 0 && promises !== undefined && "All promises are kept.",
    conditional.length > 0 && `On a condition: ${conditional.join(", ")}.`,
    ...checks.map(
      ({ check, meanwhile }) => meanwhile !== undefined && `Until ${check} is back, ${meanwhile}.`,
    ),
  ];
  return {
    isSound: failed.length === 0 && broken.length === 0 && promises !== undefined,
    text: sentences.filter((sentence) => sentence !== false).join(" "),
  };
}
