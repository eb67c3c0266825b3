/** What readers of streams have not taken yet, of all streams of a replica together. */
export interface UnsentBytes {
  /** Until the answer is called; undefined where there is no room: the reader is to come again. */
  hold(bytes: number): (() => void) | undefined;
}

/** So much any reader may be behind: what the kernel takes at once, as a rule. */
const ALWAYS_HELD = 64 * 1_024;

export function createUnsentBytes(maxBytes: number): UnsentBytes {
  let held = 0;
  return {
    hold(bytes) {
      if (bytes > ALWAYS_HELD && held + bytes > maxBytes) return undefined;
      held += bytes;
      return () => void (held -= bytes);
    },
  };
}
