import { AppError } from "@llamaagent/core";

export interface IdleGuard {
  /** Aborted by the caller's signal (with its reason) or by silence (with `model_timeout`). */
  signal: AbortSignal;
  /** Something came, or is awaited from now on: the silence begins anew. */
  restart(): void;
  /** Nothing is awaited from the peer: the consumer's own time is not the peer's silence. */
  pause(): void;
  dispose(): void;
}

/** Bounds the silence of a peer, not the length of its answer. */
export function createIdleGuard(callerSignal: AbortSignal, idleTimeoutMs: number): IdleGuard {
  const controller = new AbortController();
  let isPaused = false;

  const onSilence = (): void => {
    if (isPaused) return;
    controller.abort(
      new AppError("model_timeout", {
        detail: `the model's server sent nothing for ${idleTimeoutMs / 1000} s`,
      }),
    );
  };
  // One timer for the whole answer: `refresh` costs a tenth of a new one, and wakes one that went off.
  const timer = setTimeout(onSilence, idleTimeoutMs);
  const onCallerAbort = (): void => controller.abort(callerSignal.reason);
  if (callerSignal.aborted) onCallerAbort();
  else callerSignal.addEventListener("abort", onCallerAbort, { once: true });
  return {
    signal: controller.signal,
    restart() {
      isPaused = false;
      timer.refresh();
    },
    pause() {
      isPaused = true;
    },
    dispose() {
      clearTimeout(timer);
      callerSignal.removeEventListener("abort", onCallerAbort);
    },
  };
}
