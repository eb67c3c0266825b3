import type { Span } from "./personal-data.ts";

export interface DigitWindow extends Span {
  digits: string;
  /** Of digits that stand together, each parted from the next by what the run allows. */
  groups: number;
}

/**
 * More than a number is written in: 4111 1111 1111 1111 has four, +33 (0)1 23 45 67 89 has seven.
 * It bounds the work for each digit of a long text; numbers spelled digit by digit are not found.
 */
export const GROUPS_MAX = 7;

/**
 * The groups of digits in a run and, from each of them, what can be put together with those after
 * it: the longest first. `isTaken` says whether a window is what is looked for; the search goes on
 * behind it then.
 */
export function* takenWindows(
  run: { text: string; start: number },
  options: { digitsMax: number; isTaken: (window: DigitWindow) => boolean },
): Generator<Span> {
  const groups = Array.from(run.text.matchAll(/\d+/g), ({ 0: digits, index }) => ({
    digits,
    start: run.start + index,
    end: run.start + index + digits.length,
  }));
  for (let first = 0; first < groups.length; first++) {
    const windows: DigitWindow[] = [];
    let digits = "";
    for (const group of groups.slice(first, first + GROUPS_MAX)) {
      digits += group.digits;
      if (digits.length > options.digitsMax) break;
      const start = windows[0]?.start ?? group.start;
      windows.push({ start, end: group.end, digits, groups: windows.length + 1 });
    }
    const taken = windows.findLast(options.isTaken);
    if (!taken) continue;
    yield { start: taken.start, end: taken.end };
    first += taken.groups - 1;
  }
}
