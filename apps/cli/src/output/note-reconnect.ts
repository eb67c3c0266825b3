import type { Reconnect } from "@llamaagent/client";
import type { Terminal } from "../terminal.ts";

/** Says that a stream is begun anew: nothing else comes meanwhile. */
export function noteReconnect({ note }: Pick<Terminal, "note">): (reconnect: Reconnect) => void {
  return ({ cause }) => note(`… ${cause.detail}; reconnecting\n`, "dim");
}
