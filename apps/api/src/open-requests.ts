import { memoryCounts } from "@llamaagent/auth";
import { AppError, type Principal, type TenantCounts } from "@llamaagent/core";

/** What an answer goes to: a response, or the socket of a WebSocket. */
interface Connection {
  /** A response's: it has no socket of its own while those before it on the connection are under way. */
  readonly req?: { readonly socket: Destroyable };
  readonly closed: boolean;
  readonly destroyed: boolean;
  readonly writableFinished: boolean;
  once(event: "close", listener: () => void): unknown;
  destroy(): unknown;
}
interface Destroyable {
  destroy(): unknown;
}

type Caller = Pick<Principal, "tenantId" | "limits">;

const RETRY_AFTER_SECONDS = 5;

/** Requests that stay open: streams and waits. */
export interface OpenRequests {
  /**
   * Aborts when the connection closes, and when the server does. Error: `rate_limited` where the caller's tenant
   * has as many open as it may have.
   */
  track(connection: Connection, caller: Caller): AbortSignal;
  /** Breaks off all answers on a socket from this side: their client has not gone away. */
  cutOff(socket: Destroyable): void;
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
export function createOpenRequests(counts: TenantCounts = memoryCounts()): OpenRequests {
  /** By the socket that they are on. */
  const open = new Map<Destroyable, Set<AbortController>>();
  let count = 0;
  const closing = new AbortController();
  let isClosing = false;

  /** Returns what ends it. */
  function add(socket: Destroyable, { tenantId }: Caller, controller: AbortController): () => void {
    const onSocket = open.get(socket) ?? new Set();
    open.set(socket, onSocket.add(controller));
    count += 1;
    counts.add(tenantId);
    return () => {
      if (!onSocket.delete(controller)) return;
      count -= 1;
      counts.remove(tenantId);
      if (onSocket.size === 0) open.delete(socket);
    };
  }
  return {
    track(connection, caller) {
      const { tenantId, limits } = caller;
      if (limits !== undefined && counts.of(tenantId) >= limits.open_streams)
        throw new AppError("rate_limited", {
          detail: `The tenant may have at most ${limits.open_streams} streams and waits open, and has as many`,
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      const controller = new AbortController();
      const gone = (): void =>
        controller.abort(connection.writableFinished ? undefined : new ClientGone());
      // Its close event may have passed while the handler looked things up.
      if (closing.signal.aborted) controller.abort();
      else if (connection.closed || connection.destroyed) gone();
      else {
        const remove = add(connection.req?.socket ?? connection, caller, controller);
        connection.once("close", () => {
          remove();
          gone();
        });
      }
      return controller.signal;
    },
    cutOff(socket) {
      for (const controller of open.get(socket) ?? []) controller.abort();
      socket.destroy();
    },
    announceClose() {
      isClosing = true;
    },
    closeAll() {
      closing.abort();
      for (const controllers of open.values())
        for (const controller of controllers) controller.abort();
    },
    get count() {
      return count;
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
