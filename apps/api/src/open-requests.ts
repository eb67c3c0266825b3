import type { ServerResponse } from "node:http";

/** Requests that stay open: streams and waits. */
export interface OpenRequests {
  /** Aborts when the client goes away, and when the server closes. */
  track(response: ServerResponse): AbortSignal;
  /** Nothing new should come; what does is served as ever. */
  announceClose(): void;
  /** Ends them all: clients come back, to another replica. */
  closeAll(): void;
  readonly count: number;
  /** It was announced. */
  readonly isClosing: boolean;
}

/** A set of our own: AbortSignal.any on a signal that lives as long as the process keeps its followers. */
export function createOpenRequests(): OpenRequests {
  const open = new Set<AbortController>();
  let isClosing = false;
  let isClosed = false;
  return {
    track(response) {
      const controller = new AbortController();
      open.add(controller);
      response.once("close", () => {
        open.delete(controller);
        controller.abort();
      });
      // Its close event may have passed while the handler looked things up.
      if (isClosed || response.closed || response.destroyed) {
        open.delete(controller);
        controller.abort();
      }
      return controller.signal;
    },
    announceClose() {
      isClosing = true;
    },
    closeAll() {
      isClosed = true;
      for (const controller of open) controller.abort();
    },
    get count() {
      return open.size;
    },
    get isClosing() {
      return isClosing;
    },
  };
}
