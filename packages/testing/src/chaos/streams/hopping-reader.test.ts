import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { seededRandom } from "../../durability/seeded-random.ts";
import { readHopping } from "./hopping-reader.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's is no string
}

const block = (seq: number, type: string) =>
  `id: 1-${seq}\nevent: ${type}\ndata: {"text":"é ${seq}"}\n\n`;

/** Ten events, one each 200 ms after the position that was asked for, in two writes each. */
async function tenEvents(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const from = Number(request.headers["last-event-id"]?.toString().split("-")[1] ?? 0);
  response.writeHead(200).flushHeaders();
  for (let seq = from + 1; seq <= 10 && !response.destroyed; seq += 1) {
    const text = block(seq, seq === 10 ? "run.completed" : "message.delta");
    response.write(text.slice(0, 20));
    await sleep(100);
    response.write(text.slice(20));
    await sleep(100);
  }
  response.end(":\n\n");
}

it("reads to the end over connections that are cut, and takes every event once", async () => {
  const asked = [0, 0];
  const urls = await Promise.all(
    asked.map((_, index) =>
      serve((request, response) => {
        asked[index] = (asked[index] ?? 0) + 1;
        return tenEvents(request, response);
      }),
    ),
  );
  const { events, connections } = await readHopping({ urls, runId: "r", random: seededRandom(3) });
  expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, n) => `1-${n + 1}`));
  expect(events[4]?.data).toBe('{"text":"é 5"}');
  expect(connections).toBeGreaterThan(2);
  expect(Math.min(...asked)).toBeGreaterThan(0);
});

it("rejects where a replica answers something else", async () => {
  const url = await serve(async (_, response) => void response.writeHead(503).end("away"));
  // The connection lives long enough for the answer.
  await expect(readHopping({ urls: [url], runId: "r", random: () => 0.9 })).rejects.toThrow(
    "503 away",
  );
});
