import { AppError, isLoopback } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";
import { isLoopbackOrigin } from "../loopback-origin.ts";

/**
 * For a server that asks for no key. Listening on loopback keeps other machines out, not the pages in a
 * browser on this one: a page may call any port here, and after it has pointed its own name at
 * 127.0.0.1 (DNS rebinding) it also reads the answers. Browsers tell such names in `Host` and `Origin`.
 */
export function serveThisMachineOnly(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ headers: { host, origin } }) => {
    if (!isLoopback(hostname(host ?? ""))) throw refused("Host", host ?? "");
    if (origin !== undefined && !isLoopbackOrigin(origin)) throw refused("Origin", origin);
  });
}

function refused(header: string, value: string): AppError {
  return new AppError("forbidden", {
    detail: `Without LLAMAAGENT_AUTH=required this server answers only this machine: the header ${header} must name localhost or a loopback address, not '${value}'`,
  });
}

/** `name:port` without the port, `[::1]` without its brackets. */
function hostname(host: string): string {
  const [, bracketed, plain = ""] = /^(?:\[(.*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (bracketed ?? plain).toLowerCase();
}
