import type { Socket } from "node:net";
import { AppError, type ErrorCode, errorCatalogue, toProblem } from "@llamaagent/core";

const codes: Readonly<Record<string, { status: string; code: ErrorCode; detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: "431 Request Header Fields Too Large",
    code: "bad_request",
    detail: "The URL and headers are too large",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408 Request Timeout",
    code: "request_timeout",
    detail: errorCatalogue.request_timeout.title,
  },
};
const malformed = {
  status: "400 Bad Request",
  code: "bad_request",
  detail: errorCatalogue.bad_request.title,
} as const;

/** What Node's parser refuses never becomes a request: the answer is written to the socket by hand. */
export function answerConnectionError(error: Error & { code?: string }, socket: Socket): void {
  // The peer is gone, or an answer is already under way on this connection.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, code, detail } = codes[error.code ?? ""] ?? malformed;
  const body = JSON.stringify({
    ...toProblem(new AppError(code, { detail })),
    status: Number(status.slice(0, 3)),
  });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
