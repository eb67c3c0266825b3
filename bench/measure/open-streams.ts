import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { AGENT, AUTHORIZATION } from "../server/start-server.ts";

export interface OpenStreams {
  close(): Promise<void>;
}

const AT_ONCE = 50;
const body = JSON.stringify({ agent_id: AGENT, input: "Hello" });

/** So many POST /runs/stream, each on a socket of its own, each open after its first event. */
export async function openStreams(url: string, count: number): Promise<OpenStreams> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  let left = count;
  async function open(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const socket = connect({ host: hostname, port: Number(port) });
      sockets.push(socket);
      socket.write(
        `POST /runs/stream HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: ${AUTHORIZATION}\r\n` +
          `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      await untilFirstEvent(socket);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, open));
  return {
    async close() {
      const closed = sockets.map((socket) => once(socket, "close"));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function untilFirstEvent(socket: Socket): Promise<void> {
  let text = "";
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!text.includes("event: ")) return;
      socket.off("data", onData);
      socket.off("close", onClose);
      socket.resume();
      resolve();
    };
    const onClose = (): void => reject(new Error(`a stream was not opened: ${text}`));
    socket.on("data", onData).on("close", onClose).on("error", reject);
  });
}
