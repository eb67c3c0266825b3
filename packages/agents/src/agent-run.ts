import { type AgentEvent, AppError, orAborted } from "@llamaagent/core";
import type { AgentOutcome } from "./ports.ts";

/**
 * A run under way. It goes on whether or not anybody reads; every reader gets all events from the
 * first one. Where the run fails, `result` rejects and reading ends in the same error.
 */
export interface AgentRun extends AsyncIterable<AgentEvent> {
  readonly runId: string;
  readonly result: Promise<AgentOutcome>;
}

/** Drives a run's generator within its time limit (`run_timeout`) and keeps its events for readers. */
export function startAgentRun(options: {
  runId: string;
  timeoutSeconds: number;
  signal: AbortSignal | undefined;
  start: (signal: AbortSignal) => AsyncGenerator<AgentEvent, AgentOutcome>;
}): AgentRun {
  const { runId, timeoutSeconds, start } = options;
  const events: AgentEvent[] = [];
  let ended = false;
  let news = Promise.withResolvers<void>();
  function announce(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  async function drive(): Promise<AgentOutcome> {
    const limit = new AbortController();
    const timer = setTimeout(() => {
      const detail = `The run took longer than ${timeoutSeconds} s`;
      limit.abort(new AppError("run_timeout", { detail }));
    }, timeoutSeconds * 1000);
    const signal = AbortSignal.any([limit.signal, ...(options.signal ? [options.signal] : [])]);
    try {
      const generator = start(signal);
      for (;;) {
        // Raced, so that a model that ignores its signal can't hold the run.
        const step = await orAborted(generator.next(), signal);
        if (step.done) return step.value;
        events.push(step.value);
        announce();
      }
    } finally {
      clearTimeout(timer);
      ended = true;
      announce();
    }
  }

  const result = drive();
  result.catch(() => {}); // a reader gets the same error; nobody is bound to await both
  return {
    runId,
    result,
    async *[Symbol.asyncIterator]() {
      for (let next = 0; ;) {
        const event = events[next];
        if (event !== undefined) {
          next++;
          yield event;
        } else if (ended) {
          await result;
          return;
        } else await news.promise;
      }
    },
  };
}
