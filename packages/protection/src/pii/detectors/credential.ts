import type { Detector, Search } from "../personal-data.ts";
import { assignedSecrets } from "./credentials/assigned-secrets.ts";
import { authorizationValues } from "./credentials/authorization-values.ts";
import { keysNearWords } from "./credentials/keys-near-words.ts";
import { privateKeys } from "./credentials/private-keys.ts";
import { urlPasswords } from "./credentials/url-passwords.ts";
import { vendorKeys } from "./credentials/vendor-keys.ts";
import { webTokens } from "./credentials/web-tokens.ts";

const searches: readonly Search[] = [
  vendorKeys,
  webTokens,
  privateKeys,
  authorizationValues,
  urlPasswords,
  assignedSecrets,
  keysNearWords,
];

/** Keys, tokens and passwords: what lets in whoever has it. */
export const credential: Detector = {
  kind: "credential",
  mayHold: (text) => searches.some(({ mayHold }) => mayHold(text)),
  *find(text, options) {
    for (const { mayHold, find } of searches) if (mayHold(text)) yield* find(text, options);
  },
};
