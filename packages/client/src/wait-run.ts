import type { CreateRunOptions } from "./call-options.ts";
import type { RunCreate, RunWaitResponse } from "./generated/types.ts";
import { type ApiRequest, sendForJson } from "./http.ts";
import { createReconnects } from "./reconnects.ts";
import type { Runtime } from "./runtime.ts";

/** A connection that was held for so long did its work before it was cut. */
const HELD_MS = 1000;

/** Waits at the server until the run (or the one that the request starts) has ended, or waits for a person. */
export async function waitForRun(
  runtime: Runtime,
  target: string | RunCreate,
  { signal, idempotencyKey = runtime.newKey() }: CreateRunOptions = {},
): Promise<RunWaitResponse> {
  // Sent again with the same key, the request joins the run that it started.
  const request: ApiRequest =
    typeof target === "string"
      ? { method: "GET", path: `/runs/${encodeURIComponent(target)}/wait` }
      : {
          method: "POST",
          path: "/runs/wait",
          json: target,
          headers: { "idempotency-key": idempotencyKey },
        };
  const reconnects = createReconnects(runtime, { signal });
  for (;;) {
    const begunMs = runtime.monotonicMs();
    try {
      return await sendForJson<RunWaitResponse>(runtime, { ...request, signal });
    } catch (error) {
      if (runtime.monotonicMs() - begunMs >= HELD_MS) {
        reconnects.alive();
        reconnects.progressed();
      }
      await reconnects.failed(error);
    }
  }
}
