import type { Journal } from "@llamaagent/runs";
import type { OpenSteps } from "./open-steps.ts";

/** A journal whose open steps are known to the watchdog. */
export interface WatchedJournal extends Journal {
  /** The run is over here, whatever became of its steps. */
  closeAll(): void;
}

export function watchedJournal(
  journal: Journal,
  runId: string,
  openSteps: OpenSteps,
): WatchedJournal {
  const closers = new Set<() => void>();

  function watched<Opened extends Awaited<ReturnType<Journal["open"]>>>(
    { key, name }: { key: string; name: string },
    opened: Opened,
  ): Opened {
    if (opened.state !== "open") return opened;
    const close = openSteps.open(`${runId} ${key} ${name}`);
    closers.add(close);
    return {
      ...opened,
      close(result: unknown) {
        close();
        closers.delete(close);
        opened.close(result);
      },
    };
  }

  return {
    ...journal,
    open: async (spec) => watched(spec, await journal.open(spec)),
    reopen: async (spec) => watched(spec, await journal.reopen(spec)),
    closeAll() {
      for (const close of closers) close();
      closers.clear();
    },
  };
}
