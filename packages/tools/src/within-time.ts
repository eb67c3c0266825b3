import { AppError } from "@llamaagent/core";

/**
 * Runs `work` with a signal that aborts with the outer one or after the time. Rejects at that
 * moment whether or not the work heeds its signal: with the outer signal's reason, or `tool_timeout`.
 */
export async function withinTime<T>(
  seconds: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const signal = AbortSignal.any([outer, limit.signal]);
  signal.throwIfAborted(); // an aborted signal fires no event
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => {
    limit.abort(new AppError("tool_timeout", { detail: `The tool took longer than ${seconds} s` }));
  }, seconds * 1000);
  try {
    return await Promise.race([aborted.promise, work(signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
