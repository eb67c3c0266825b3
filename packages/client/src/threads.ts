import type { CallOptions } from "./call-options.ts";
import type {
  RunPage,
  RunSearch,
  Thread,
  ThreadCreate,
  ThreadFile,
  ThreadFileList,
  ThreadPatch,
  ThreadSearch,
  ThreadState,
  ThreadSummary,
} from "./generated/types.ts";
import { readBody, send, sendForJson, sendRepeatable } from "./http.ts";
import { withRetries } from "./retry.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

export interface PutFileOptions extends CallOptions {
  /** Defaults to `application/octet-stream`. */
  mediaType?: string | undefined;
}

export interface ThreadRunsOptions extends CallOptions {
  status?: RunSearch["status"];
  state?: RunSearch["state"];
  stop_reason?: RunSearch["stop_reason"];
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

export interface ThreadFilesClient {
  /** Stores a file under the path, in place of one that is there. */
  put(
    threadId: string,
    path: string,
    content: string | Blob | Uint8Array<ArrayBuffer>,
    options?: PutFileOptions,
  ): Promise<ThreadFile>;
  get(threadId: string, path: string, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  delete(threadId: string, path: string, options?: CallOptions): Promise<void>;
  list(threadId: string, options?: CallOptions): Promise<ThreadFileList>;
}

export interface ThreadsClient {
  create(thread?: ThreadCreate, options?: CallOptions): Promise<Thread>;
  get(threadId: string, options?: CallOptions): Promise<Thread>;
  /** Newest first, without their messages. */
  search(search?: ThreadSearch, options?: CallOptions): Promise<ThreadSummary[]>;
  update(threadId: string, change: ThreadPatch, options?: CallOptions): Promise<Thread>;
  /** With its messages, checkpoints, files and runs. */
  delete(threadId: string, options?: CallOptions): Promise<void>;
  /** A new thread with all that this one has now, but its runs. */
  copy(threadId: string, options?: CallOptions): Promise<Thread>;
  /** What it was after each change, newest first; `before`: only what is older than this checkpoint. */
  history(
    threadId: string,
    options?: CallOptions & { limit?: number | undefined; before?: string | undefined },
  ): Promise<ThreadState[]>;
  /** What it is, or was at a checkpoint. */
  state(
    threadId: string,
    options?: CallOptions & { checkpointId?: string | undefined },
  ): Promise<ThreadState>;
  /** Its runs, newest first. */
  runs(threadId: string, options?: ThreadRunsOptions): Promise<RunPage>;
  files: ThreadFilesClient;
}

export function threadsClient(runtime: Runtime): ThreadsClient {
  return {
    create: (json = {}, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: "/threads", json, signal }),
    get: (threadId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: threadPath(threadId), signal }),
    search: (json = {}, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: "/threads/search", json, signal }),
    update: (threadId, json, { signal } = {}) =>
      sendForJson(runtime, { method: "PATCH", path: threadPath(threadId), json, signal }),
    delete: (threadId, { signal } = {}) =>
      sendForJson(runtime, { method: "DELETE", path: threadPath(threadId), signal }),
    copy: (threadId, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: `${threadPath(threadId)}/copy`, signal }),
    history: (threadId, { signal, limit, before } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `${threadPath(threadId)}/history${query({ limit, before })}`,
        signal,
      }),
    state: (threadId, { signal, checkpointId } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `${threadPath(threadId)}/state${query({ checkpoint_id: checkpointId })}`,
        signal,
      }),
    runs: (threadId, { signal, ...parameters } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `${threadPath(threadId)}/runs${query(parameters)}`,
        signal,
      }),
    files: threadFilesClient(runtime),
  };
}

function threadFilesClient(runtime: Runtime): ThreadFilesClient {
  return {
    put: (threadId, path, body, { signal, mediaType = "application/octet-stream" } = {}) =>
      sendRepeatable(runtime, {
        method: "PUT",
        path: filePath(threadId, path),
        body,
        headers: { "content-type": mediaType },
        signal,
      }),
    get: (threadId, path, { signal } = {}) =>
      withRetries(runtime, signal, async () => {
        const response = await send(runtime, {
          method: "GET",
          path: filePath(threadId, path),
          headers: { accept: "*/*" },
          signal,
        });
        return new Uint8Array(await readBody(runtime, signal, () => response.arrayBuffer()));
      }),
    delete: (threadId, path, { signal } = {}) =>
      sendForJson(runtime, { method: "DELETE", path: filePath(threadId, path), signal }),
    list: (threadId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `${threadPath(threadId)}/files`, signal }),
  };
}

function threadPath(threadId: string): string {
  return `/threads/${encodeURIComponent(threadId)}`;
}

/** Slashes part folders and stay. */
function filePath(threadId: string, path: string): string {
  return `${threadPath(threadId)}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}
