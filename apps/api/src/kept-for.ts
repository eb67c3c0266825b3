import type { Clock } from "@llamaagent/core";

/**
 * Loads at most once in so many milliseconds, counted from when a load begins; whoever asks meanwhile
 * shares it. A load that failed is not kept.
 */
export function keptFor<T>(
  ms: number,
  { clock, load }: { clock: Pick<Clock, "monotonicMs">; load: () => Promise<T> },
): () => Promise<T> {
  let kept: { value: Promise<T>; until: number } | undefined;
  return () => {
    const now = clock.monotonicMs();
    if (kept !== undefined && now < kept.until) return kept.value;
    const loading = { value: load(), until: now + ms };
    kept = loading;
    loading.value.catch(() => {
      if (kept === loading) kept = undefined;
    });
    return loading.value;
  };
}
