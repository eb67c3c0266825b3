import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Duplex } from "node:stream";
import type { ReadEvent } from "./read-events.ts";

interface ReadSocket {
  frames: ReadEvent[];
  code: number;
  reason: string;
  /** The subprotocol that the server chose. */
  protocol: string;
}

/** Reads a WebSocket to its close. `onFrame` is called after each frame. */
export async function readSocket(
  url: string,
  options: { protocols?: string[]; onFrame?: (socket: WebSocket, frame: ReadEvent) => void } = {},
): Promise<ReadSocket> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), options.protocols ?? []);
  const frames: ReadEvent[] = [];
  socket.addEventListener("message", ({ data }) => {
    const frame = parseFrame(String(data));
    frames.push(frame);
    options.onFrame?.(socket, frame);
  });
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason }) =>
      resolve({ frames, code, reason, protocol: socket.protocol }),
    );
  });
}

/** Strict: an object of the three fields, in this order. */
function parseFrame(text: string): ReadEvent {
  const match = /^\{"id":"([^"]+)","event":"([^"]+)","data":(\{.*\})\}$/s.exec(text);
  if (!match) throw new Error(`not a frame: ${text}`);
  const [, id = "", event = "", data = ""] = match;
  JSON.parse(data);
  return { id, event, data };
}

interface UpgradeAnswer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  /** Where the server upgraded. */
  socket?: Duplex;
}

/** Asks for a WebSocket by hand; answers what the server says before it is one. */
export async function askForSocket(
  url: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: object; body?: string } = {},
): Promise<UpgradeAnswer> {
  const asked = request(url, {
    method,
    agent: false,
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    asked.on("error", reject);
    asked.on("upgrade", (response, socket) =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: "", socket }),
    );
    asked.on("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.end(body);
  });
}
