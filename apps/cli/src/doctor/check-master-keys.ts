import { isAppError } from "@llamaagent/core";
import { type EnvelopeSettings, loadEnvelope } from "@llamaagent/protection";
import { type CheckResult, fail, ok, reasonOf, warn } from "./check.ts";
import type { Topology } from "./read-topology.ts";

/** Whether secrets can be stored. Where the embedded server makes a key of its own, none is made now. */
export async function checkMasterKeys(
  kind: Topology["kind"],
  settings: EnvelopeSettings,
): Promise<CheckResult> {
  const check = "master keys";
  if (settings.LLAMAAGENT_MASTER_KEYS === undefined)
    return kind === "embedded"
      ? ok(check, "the server's own, in LLAMAAGENT_DATA_DIR")
      : warn(
          check,
          "none: no secret can be stored, and runs have no webhooks",
          "set LLAMAAGENT_MASTER_KEYS on api and worker: see docs/encryption.md",
        );
  try {
    const { version } = await loadEnvelope(settings);
    return ok(check, `${settings.LLAMAAGENT_MASTER_KEYS.length}; key ${version} encrypts`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return fail(check, reasonOf(error), "correct LLAMAAGENT_MASTER_KEYS: see docs/encryption.md");
  }
}
