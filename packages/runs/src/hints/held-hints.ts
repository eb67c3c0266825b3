import type { RunHint, RunHints } from "@llamaagent/core";
import { mergeHints } from "./hint-row.ts";

/** A run that stands further back in the queue waits for its turn, not for its hint. */
const NEAR = 32;
/** Each hint wakes an API, Redis and a worker, which costs more than what they do then. */
const HOLD_MS = 10;

/** `add`: hints near the head of the queue at once, those further back after 10 ms, with all that came by then. */
export function heldHints(send: RunHints["add"]): RunHints["add"] {
  let held: RunHint[] = [];
  let sending: Promise<boolean> | undefined;

  async function sendHeld(): Promise<boolean> {
    await new Promise((resolve) => void setTimeout(resolve, HOLD_MS));
    const merged = mergeHints(held);
    held = [];
    sending = undefined;
    return send(merged);
  }

  return async (hints) => {
    const { near = [], far = [] } = Object.groupBy(hints, ({ priority }) =>
      priority <= NEAR ? "near" : "far",
    );
    held.push(...far);
    const answers = [];
    if (near.length > 0) answers.push(send(near));
    if (far.length > 0) answers.push((sending ??= sendHeld()));
    return (await Promise.all(answers)).every(Boolean);
  };
}
