import type { Socket } from "node:net";

/**
 * The TCP connection that a TLS one goes over; any other is its own. Node's types leave the field out, which it has
 * on every socket: null where there is nothing beneath.
 */
export function beneathTls(socket: Socket): Socket {
  const { _parent: beneath } = socket as { _parent?: Socket | null };
  return beneath ?? socket;
}
