/** Exit codes of a process that its watchdog ended; of sysexits.h, so that no tool's own is meant. */
export const WATCHDOG_EXIT = {
  /** EX_SOFTWARE: the event loop was blocked. */
  stalled: 70,
  /** EX_OSERR: more memory than it may have. */
  memory: 71,
} as const;
