import type { FromChild, ToChild } from "./messages.ts";

/** The way from a process of one run to its worker. */
export interface ParentChannel {
  /** Resolves once it was passed on. */
  send(message: FromChild): Promise<void>;
  listen(listener: (message: ToChild) => void): void;
}

/**
 * Ends this process as soon as the worker is gone: without it nobody renews the lease or hears the
 * cancellation. Throws where no worker started this process.
 */
export function openParentChannel(): ParentChannel {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error("this command is started by a worker");
  process.once("disconnect", () => process.exit());
  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        send(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
      }),
    listen: (listener) => void process.on("message", listener),
  };
}
