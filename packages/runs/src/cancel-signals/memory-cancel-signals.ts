import type { CancelSignals } from "@llamaagent/core";

export function memoryCancelSignals(): CancelSignals {
  const listeners = new Set<(runId: string) => void>();
  return {
    async publish({ runId }) {
      for (const listener of listeners) listener(runId);
    },
    subscribe: (listener) => void listeners.add(listener),
    close: async () => listeners.clear(),
  };
}
