import type { Search, Span } from "../../personal-data.ts";
import { isWordNear } from "../../word-near.ts";

/** Keys that look like any other random text: what stands near them says whose they are. */
const forms = [
  // AWS: secret access keys; 40 hexadecimal digits are a hash.
  { form: /^(?![\da-f]+$)[A-Za-z0-9+/]{40}$/, words: /aws|secret.?access.?key|secretkey/i },
  // Twilio: authentication tokens; Azure: keys of services.
  {
    form: /^[\da-f]{32}$/,
    words:
      /twilio.{0,24}(?:token|secret)|auth.?token|(?:azure|subscription).{0,24}key|ocp-apim|api.?key/i,
  },
];
const longWord = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32,}/g;

const isKey = (text: string, span: Span): boolean =>
  forms.some(
    ({ form, words }) =>
      form.test(text.slice(span.start, span.end)) && isWordNear(text, span, words),
  );

export const keysNearWords: Search = {
  mayHold: (text) => text.search(longWord) !== -1,
  *find(text) {
    for (const { 0: word, index } of text.matchAll(longWord)) {
      const span = { start: index, end: index + word.length };
      if (isKey(text, span)) yield span;
    }
  },
};
