/**
 * What is not built yet: an operation, or one call (`callName`) of an operation that is there. A test
 * fails where one of them is answered as if it were there: who builds it takes its line out.
 */
export const MISSING: readonly string[] = [];

/** Of the reference, and not of this server. */
export const OUT_OF_SCOPE: readonly string[] = [
  "open_thread_sse_stream",
  "open_thread_websocket_stream",
  "send_thread_streaming_command",
];

/** Error statuses that the reference documents and this server never answers with, and why. */
export const NEVER_ANSWERED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  search_agents: { 404: "a search that finds nothing answers an empty list" },
  search_runs: { 404: "a search that finds nothing answers an empty list" },
};
