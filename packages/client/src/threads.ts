import type { CallOptions } from "./call-options.ts";
import type { Thread, ThreadCreate, ThreadFile, ThreadFileList } from "./generated/types.ts";
import { readBody, send, sendForJson, sendRepeatable } from "./http.ts";
import { withRetries } from "./retry.ts";
import type { Runtime } from "./runtime.ts";

export interface PutFileOptions extends CallOptions {
  /** Defaults to `application/octet-stream`. */
  mediaType?: string | undefined;
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
  files: ThreadFilesClient;
}

export function threadsClient(runtime: Runtime): ThreadsClient {
  return {
    create: (json = {}, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: "/threads", json, signal }),
    get: (threadId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: threadPath(threadId), signal }),
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
