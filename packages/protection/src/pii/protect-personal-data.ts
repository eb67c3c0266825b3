import { AppError, assertNever, jsonPointer, type ProblemDetail } from "@llamaagent/core";
import { findPersonalData } from "./find-personal-data.ts";
import { hashedWord } from "./hash.ts";
import { mapStrings } from "./map-strings.ts";
import { mask } from "./mask.ts";
import type { Finding, FindOptions, PersonalDataKind } from "./personal-data.ts";
import type { PersonalDataAction, PersonalDataActions, PersonalDataPolicy } from "./policy.ts";
import { replaceFindings } from "./replace-findings.ts";
import type { PersonalDataTokens } from "./tokens.ts";

/**
 * A tenant's policy, ready to be applied to texts and JSON values: messages with their parts and
 * tool calls, items of memory, data of events. The texts within are treated, keys and numbers are
 * not; the answer has the same structure, and what did not change is the same object.
 * Error: `personal_data_blocked`, which says where and of what kind, never the value.
 */
export interface PersonalDataProtection {
  /** What `tokens` handed out, they put back into the answer. */
  modelInput: <Value>(value: Value, tokens: PersonalDataTokens) => Value;
  memory: <Value>(value: Value) => Value;
  events: <Value>(value: Value) => Value;
}

/** With a shorter key whoever has some values could find it, and with it the others. */
const HASH_KEY_BYTES_MIN = 32;
/** So many places are named of those for which a value is refused. */
const BLOCKED_MAX = 20;

/** `hashKey` is the tenant's, for what is hashed: 32 bytes at least. Error: RangeError where it is shorter. */
export function protectPersonalData(
  policy: PersonalDataPolicy,
  { hashKey }: { hashKey: Uint8Array },
): PersonalDataProtection {
  if (hashKey.byteLength < HASH_KEY_BYTES_MIN)
    throw new RangeError(`a key of ${hashKey.byteLength} bytes: ${HASH_KEY_BYTES_MIN} are needed`);
  const options: FindOptions = { defaultCountry: policy.default_country };

  function protect<Value>(
    value: Value,
    actions: PersonalDataActions,
    tokens?: PersonalDataTokens,
  ): Value {
    const actionFor = (kind: PersonalDataKind): PersonalDataAction =>
      actions[kind] ?? actions.default ?? "allow";
    if (Object.values(actions).every((action) => action === "allow")) return value;
    const usesTokens = tokens && Object.values(actions).includes("token");
    const blocked: ProblemDetail[] = [];

    function replacement({ kind }: Finding, found: string, path: readonly string[]): string {
      const action = actionFor(kind);
      switch (action) {
        case "allow":
          return found;
        case "redact":
          return `[${kind}]`;
        case "mask":
          return mask(kind, found);
        case "hash":
          return hashedWord(kind, found, { ...options, key: hashKey });
        case "token":
          // Without a scope, from which nobody could ever take it back.
          return tokens ? tokens.tokenFor(kind, found) : `[${kind}]`;
        case "block":
          if (blocked.length < BLOCKED_MAX)
            blocked.push({ pointer: jsonPointer(path), message: `holds personal data (${kind})` });
          return found;
        default:
          return assertNever(action);
      }
    }

    const answer = mapStrings(value, (text, path) => {
      const findings = findPersonalData(text, options).filter(
        ({ kind }) => actionFor(kind) !== "allow",
      );
      return replaceFindings(text, findings, {
        found: (finding, written) => replacement(finding, written, path),
        ...(usesTokens ? { between: tokens.keepApart } : {}),
      });
    });
    if (blocked.length > 0) throw new AppError("personal_data_blocked", { errors: blocked });
    return answer;
  }

  return {
    modelInput: (value, tokens) => protect(value, policy.model_input, tokens),
    memory: (value) => protect(value, policy.memory),
    events: (value) => protect(value, policy.events),
  };
}
