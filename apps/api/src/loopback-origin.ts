import { isLoopback } from "@llamaagent/core";

/** Whether pages of an origin can only be of this machine; `null`, of sandboxed frames and files, is not. */
export function isLoopbackOrigin(origin: string): boolean {
  return isLoopback(URL.parse(origin)?.hostname ?? "");
}
