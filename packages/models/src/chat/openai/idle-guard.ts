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
  let timer: NodeJS.Timeout | undefined;

  const onSilence = (): void =>
    controller.abort(
      new AppError("model_timeout", {
        detail: `the model's server sent nothing for ${idleTimeoutMs / 1000} s`,
      }),
    );
  const onCallerAbort = (): void => controller.abort(callerSignal.reason);
  const pause = (): void => clearTimeout(timer);
  const restart = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onSilence, idleTimeoutMs);
  };

  restart();
  if (callerSignal.aborted) onCallerAbort();
  else callerSignal.addEventListener("abort", onCallerAbort, { once: true });
  return {
    signal: controller.signal,
    restart,
    pause,
    dispose() {
      pause();
      callerSignal.removeEventListener("abort", onCallerAbort);
    },
  };
}
