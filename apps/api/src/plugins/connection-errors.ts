import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { AppError, type ErrorCode, isTlsFault, toProblem } from "@llamaagent/core";
import { secureHeaders } from "./secure-headers.ts";

const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
};

/** For the answer to arrive: a socket that is closed over bytes that nobody has read takes it back. */
const LINGER_MS = 1_000;

/** What Node's parser refuses never becomes a request: the answer is written to the socket by hand. */
export function answerConnectionError(error: Error & { code?: string }, socket: Socket): void {
  // The peer is gone, speaks no TLS, or would take it for the rest of the answer that is under way.
  const isGone = error.code === "ECONNRESET" || !socket.writable;
  if (isGone || isTlsFault(error) || hasBegunToAnswer(socket)) {
    socket.destroy();
    return;
  }
  const problem = toProblem(new AppError(codes[error.code ?? ""] ?? "bad_request"));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}`,
    ...secureHeaders.map(([name, value]) => `${name}: ${value}`),
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  // The peer need not hang up, and Node looks no longer.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
}

/** Where Node's own handler looks. */
function hasBegunToAnswer(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as { _httpMessage?: { headersSent: boolean } | null };
  return answer?.headersSent ?? false;
}

/**
 * An expectation that nobody knows is as if it were not there, which RFC 9110 (10.1.1) allows: Node would
 * answer 417 by itself, without a problem document and the headers of all answers.
 */
export function ignoreExpectations(server: Server): void {
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
}
