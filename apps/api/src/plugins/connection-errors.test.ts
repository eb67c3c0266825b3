import { Socket } from "node:net";
import { expect, it } from "vitest";
import { answerConnectionError } from "./connection-errors.ts";

/** What is done with a socket that could be written to: what it is told at its end, and whether it is gone. */
function outcomeOf(code: string): { told: string | undefined; isGone: boolean } {
  let told: string | undefined;
  const socket = new Socket();
  Object.defineProperty(socket, "writable", { value: true });
  socket.end = (text?: unknown) => {
    told = String(text);
    return socket;
  };
  answerConnectionError(Object.assign(new Error("x"), { code }), socket);
  const isGone = socket.destroyed;
  socket.destroy();
  return { told, isGone };
}

it.each([
  ["HPE_INVALID_METHOD", "HTTP/1.1 400 "],
  ["HPE_HEADER_OVERFLOW", "HTTP/1.1 431 "],
  ["ERR_HTTP_REQUEST_TIMEOUT", "HTTP/1.1 408 "],
])("answers %s", (code, line) => {
  expect(outcomeOf(code)).toEqual({ told: expect.stringContaining(line), isGone: false });
});

it.each(["ECONNRESET", "ERR_TLS_HANDSHAKE_TIMEOUT", "ERR_SSL_HTTP_REQUEST"])(
  "hangs up at once where nobody could read an answer: %s",
  (code) => {
    expect(outcomeOf(code)).toEqual({ told: undefined, isGone: true });
  },
);
