import type { CreateRunOptions } from "./call-options.ts";
import type { Run, RunCreate } from "./generated/types.ts";
import { type ApiRequest, sendRepeatable } from "./http.ts";
import { readRunEvents } from "./read-run-events.ts";
import { createReconnects, type Reconnect } from "./reconnects.ts";
import { LlamaAgentError } from "./llama-agent-error.ts";
import { isTerminalEvent, type RunEvent } from "./run-event.ts";
import type { Runtime } from "./runtime.ts";

export type StreamMode = Exclude<NonNullable<RunCreate["stream_mode"]>, unknown[]>;

export interface StreamOptions extends CreateRunOptions {
  /**
   * The id of the last event that was handled; the stream begins after it. Of a run by its id: one that
   * is to start is read from its first event.
   */
  after?: string | undefined;
  /** What is sent, one or several: `events` unless the run to start names its `stream_mode`. */
  streamMode?: StreamMode | StreamMode[] | undefined;
  /** Called before each wait for a new connection. */
  onReconnect?: ((reconnect: Reconnect & { after: string | undefined }) => void) | undefined;
}

/**
 * The events of a run (or of the run that the request starts) up to its end, each once and in
 * order, over as many connections as it takes.
 */
export async function* streamRun(
  runtime: Runtime,
  target: string | RunCreate,
  options: StreamOptions = {},
): AsyncGenerator<RunEvent> {
  const { signal, onReconnect, idempotencyKey: key = runtime.newKey() } = options;
  const streamMode =
    options.streamMode ?? (typeof target === "string" ? undefined : target.stream_mode);
  let runId = typeof target === "string" ? target : undefined;
  let after = options.after;
  let hasEnded = false;
  const reconnects = createReconnects(runtime, {
    signal,
    onReconnect: (reconnect) => onReconnect?.({ ...reconnect, after }),
  });

  const onBytes = () => reconnects.alive();

  for (;;) {
    const request =
      runId === undefined
        ? startRequest(target, { key, streamMode })
        : followRequest(runId, { after, streamMode });
    let isEmpty = true;
    // The server may end the stream before the run's end: it shuts down, or we read too slowly.
    let lost: unknown = new LlamaAgentError("connection_failed", {
      detail: "the stream ended before the run",
    });
    try {
      for await (const event of readRunEvents(runtime, { ...request, signal }, onBytes)) {
        isEmpty = false;
        reconnects.progressed();
        runId ??= event.data.run_id;
        if (event.id !== "") after = event.id;
        yield event;
        if (isTerminalEvent(event)) return;
      }
      if (isEmpty && runId !== undefined) {
        // Nothing came: the position may be at or after the last event. Whether the run has ended is
        // looked up before one more connection, so that an end in between is still read.
        if (hasEnded) return;
        hasEnded = await isEnded(runtime, runId, signal);
        if (hasEnded) continue;
      }
    } catch (error) {
      lost = error;
    }
    await reconnects.failed(lost);
  }
}

async function isEnded(
  runtime: Runtime,
  runId: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const path = `/runs/${encodeURIComponent(runId)}`;
  const run = await sendRepeatable<Run>(runtime, { method: "GET", path, signal });
  return run.state === "ended";
}

function startRequest(
  target: string | RunCreate,
  { key, streamMode }: { key: string; streamMode: StreamOptions["streamMode"] },
): ApiRequest {
  const mode = streamMode === undefined ? {} : { stream_mode: streamMode };
  return {
    method: "POST",
    path: "/runs/stream",
    json: typeof target === "string" ? target : { ...target, ...mode },
    headers: { "idempotency-key": key },
  };
}

function followRequest(
  runId: string,
  { after, streamMode }: Pick<StreamOptions, "after" | "streamMode">,
): ApiRequest {
  const modes = streamMode === undefined ? [] : [streamMode].flat();
  const query = modes.map((mode) => `stream_mode=${mode}`).join("&");
  return {
    method: "GET",
    path: `/runs/${encodeURIComponent(runId)}/stream${query === "" ? "" : `?${query}`}`,
    headers: after === undefined ? {} : { "last-event-id": after },
  };
}
