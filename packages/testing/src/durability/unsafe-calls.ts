import type { EffectLine } from "./effect-server.ts";
import type { Settlement } from "./settlements.ts";

/** Those of the effects plug-in that are declared so. */
const UNSAFE_TOOLS = new Set(["write_once", "write_late"]);

/**
 * Unsafe calls that began again unasked, whether they took effect or not: each may begin once, and once
 * more for each time that a person said it had not happened.
 */
export function repeatedUnsafeCalls(
  effects: readonly EffectLine[],
  settlements: readonly Settlement[],
): string[] {
  const begun = effects.filter(({ tool, phase }) => phase === "begun" && UNSAFE_TOOLS.has(tool));
  return [...Map.groupBy(begun, ({ key }) => key)].flatMap(([key, calls]) => {
    const asked = settlements.filter(
      (settlement) => settlement.key === key && settlement.outcome === "not_done",
    ).length;
    return calls.length > 1 + asked
      ? [`the unsafe call ${key} began ${calls.length} times, ${asked} of them asked for`]
      : [];
  });
}
