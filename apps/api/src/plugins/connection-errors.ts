import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { AppError, type ErrorCode, toProblem } from "@llamaagent/core";

const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
};

/** What Node's parser refuses never becomes a request: the answer is written to the socket by hand. */
export function answerConnectionError(error: Error & { code?: string }, socket: Socket): void {
  // The peer is gone, or an answer is already under way on this connection.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(new AppError(codes[error.code ?? ""] ?? "bad_request"));
  const status = `${problem.status} ${STATUS_CODES[problem.status] ?? ""}`;
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
