import { detectors } from "./detectors.ts";
import { disjoint } from "./disjoint.ts";
import { foldText } from "./fold-text.ts";
import type { Finding, FindOptions } from "./personal-data.ts";

/**
 * Personal data and credentials in a text, sorted, none over another, in UTF-16 code units of the
 * text as it was given. The time is linear in its length.
 */
export function findPersonalData(text: string, options: FindOptions = {}): Finding[] {
  const folded = foldText(text);
  const found = detectors
    .filter(({ mayHold }) => mayHold(folded.text))
    .flatMap(({ kind, find }) =>
      Array.from(find(folded.text, options), (span): Finding => ({ kind, ...span })),
    );
  return disjoint(found).map((finding) => ({ ...finding, ...folded.originalSpan(finding) }));
}
