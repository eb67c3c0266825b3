export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface CreateRunOptions extends CallOptions {
  /** Another request with the same key and body joins the run; made up when not given. */
  idempotencyKey?: string | undefined;
}
