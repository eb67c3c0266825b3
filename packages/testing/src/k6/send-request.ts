import { type Agent, type IncomingMessage, request as open } from "node:http";
import { text } from "node:stream/consumers";
import type { VuRequest, VuResponse } from "./vu/protocol.ts";

/** k6's numbers for "no answer" in general, and for a request that took too long. */
const ERROR = { general: 1000, timeout: 1050 } as const;

export interface SentRequest {
  response: VuResponse;
  sentBytes: number;
  receivedBytes: number;
}

/** One request with the times of its parts, in milliseconds, as k6 names them. Never rejects. */
export async function sendRequest(request: VuRequest, agent: Agent): Promise<SentRequest> {
  const at: Partial<Record<"begun" | "socket" | "sent" | "answered" | "read", number>> = {
    begun: performance.now(),
  };
  const mark = (name: keyof typeof at) => (): void => void (at[name] ??= performance.now());
  const bytes = { sent: 0, received: 0 };
  let connecting = 0;
  try {
    const signal = AbortSignal.timeout(request.timeoutMs);
    const { method, headers, url, body } = request;
    const outgoing = open(url, { method, headers, agent, signal });
    outgoing.once("socket", (socket) => {
      const before = { sent: socket.bytesWritten, received: socket.bytesRead };
      outgoing.once("close", () => {
        bytes.sent = socket.bytesWritten - before.sent;
        bytes.received = socket.bytesRead - before.received;
      });
      if (!socket.connecting) return mark("socket")();
      const connectingSince = performance.now();
      socket.once("connect", () => {
        connecting = performance.now() - connectingSince;
        mark("socket")();
      });
    });
    outgoing.once("finish", mark("sent"));
    const closed = new Promise((resolve) => outgoing.once("close", resolve));
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once("response", resolve).once("error", reject).end(body);
    });
    mark("answered")();
    const read = await text(incoming);
    mark("read")();
    await closed;
    const answer = { status: incoming.statusCode ?? 0, headers: headersOf(incoming), body: read };
    const response = { ...answer, error: "", error_code: 0, timings: timings() };
    return { response, sentBytes: bytes.sent, receivedBytes: bytes.received };
  } catch (error) {
    const isTimeout = error instanceof Error && /abort|timeout/i.test(error.name + error.message);
    const response = {
      status: 0,
      headers: {},
      body: null,
      error: isTimeout ? "request timeout" : String(error),
      error_code: isTimeout ? ERROR.timeout : ERROR.general,
      timings: timings(),
    };
    return { response, sentBytes: bytes.sent, receivedBytes: bytes.received };
  }

  function timings(): VuResponse["timings"] {
    const end = at.read ?? performance.now();
    const begun = at.begun ?? end;
    const socket = at.socket ?? end;
    // A server may answer before all is sent.
    const answered = at.answered ?? end;
    const sent = Math.min(at.sent ?? end, answered);
    return {
      blocked: socket - begun - connecting,
      connecting,
      sending: Math.max(0, sent - socket),
      waiting: Math.max(0, answered - Math.max(sent, socket)),
      receiving: end - answered,
      duration: Math.max(0, end - socket),
    };
  }
}

/** In the spelling of Go's HTTP library, which k6's users see. */
function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
