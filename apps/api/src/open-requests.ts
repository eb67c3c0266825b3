/** What an answer goes to: a response, or the socket of a WebSocket. */
interface Connection {
  /** A response's: it has no socket of its own while those before it on the connection are under way. */
  readonly req?: { readonly socket: { destroy(): unknown } };
  readonly closed: boolean;
  readonly destroyed: boolean;
  readonly writableFinished: boolean;
  once(event: "close", listener: () => void): unknown;
  destroy(): unknown;
}

/** Requests that stay open: streams and waits. */
export interface OpenRequests {
  /** Aborts when the connection closes, and when the server does. */
  track(connection: Connection): AbortSignal;
  /** Breaks an answer off from this side: its client has not gone away. */
  cutOff(connection: Connection): void;
  /** Nothing new should come; what does is served as ever. */
  announceClose(): void;
  /** Ends them all: clients come back, to another replica. */
  closeAll(): void;
  readonly count: number;
  /** It was announced. */
  readonly isClosing: boolean;
  /** Aborts when they all end. */
  readonly closed: AbortSignal;
}

/** A set of our own: AbortSignal.any on a signal that lives as long as the process keeps its followers. */
export function createOpenRequests(): OpenRequests {
  const open = new Map<Connection, AbortController>();
  const closing = new AbortController();
  let isClosing = false;
  return {
    track(connection) {
      const controller = new AbortController();
      const onClose = (): void => {
        open.delete(connection);
        controller.abort(connection.writableFinished ? undefined : new ClientGone());
      };
      // Its close event may have passed while the handler looked things up.
      if (closing.signal.aborted) controller.abort();
      else if (connection.closed || connection.destroyed) onClose();
      else {
        open.set(connection, controller);
        connection.once("close", onClose);
      }
      return controller.signal;
    },
    cutOff(connection) {
      open.get(connection)?.abort();
      (connection.req?.socket ?? connection).destroy();
    },
    announceClose() {
      isClosing = true;
    },
    closeAll() {
      closing.abort();
      for (const controller of open.values()) controller.abort();
    },
    get count() {
      return open.size;
    },
    get isClosing() {
      return isClosing;
    },
    closed: closing.signal,
  };
}

class ClientGone extends Error {
  constructor() {
    super("the client went away before the end of its answer");
    // As of any other reason of a signal, for whoever waits with it.
    this.name = "AbortError";
  }
}

/** Whether a signal of `track` was raised because the client went away, and not by the server. */
export function isClientGone({ reason }: AbortSignal): boolean {
  return reason instanceof ClientGone;
}
