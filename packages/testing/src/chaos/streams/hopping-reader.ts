import { isTerminalEvent } from "@llamaagent/client";
import { parseEventStream, type ReadEvent } from "../../api/read-events.ts";
import { toRunEvent } from "../../durability/stream-faults.ts";

export interface HoppingRead {
  /** All that the reader took, over all its connections, in order. */
  events: ReadEvent[];
  connections: number;
}

/** How long a connection lives. */
const CUT_AFTER_MS_MAX = 1_500;

/**
 * Reads a run's stream to its end as an unlucky client does: each connection is cut at a random moment,
 * at a random byte of what had come, and the next one goes to a random replica with the last whole
 * event's id. Rejects where a replica answers anything but a stream.
 */
export async function readHopping(options: {
  urls: readonly string[];
  runId: string;
  /** From 0 to below 1. */
  random: () => number;
}): Promise<HoppingRead> {
  const { urls, runId, random } = options;
  const events: ReadEvent[] = [];
  for (let connections = 1; ; connections += 1) {
    const last = events.at(-1);
    if (last && isTerminalEvent(toRunEvent(last))) return { events, connections: connections - 1 };
    const replica = urls[Math.floor(random() * urls.length)] ?? "";
    const bytes = await readUntilCut({
      url: `${replica}/runs/${runId}/stream`,
      headers: last ? { "last-event-id": last.id } : {},
      ms: random() * CUT_AFTER_MS_MAX,
      keep: random(),
    });
    const wholeEvents = bytes.subarray(0, bytes.lastIndexOf("\n\n") + 2);
    if (bytes.includes("\n\n"))
      events.push(...parseEventStream(wholeEvents.toString("utf8")).events);
  }
}

/** The bytes of one connection: all where the server ended it, else a part of those that came. */
async function readUntilCut(options: {
  url: string;
  headers: Record<string, string>;
  ms: number;
  /** Part of the last piece's bytes that still came through, from 0 to below 1. */
  keep: number;
}): Promise<Buffer> {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), options.ms);
  const pieces: Uint8Array[] = [];
  try {
    const response = await fetch(options.url, { headers: options.headers, signal: cut.signal });
    if (response.status !== 200 || response.body === null)
      throw new Error(`${options.url}: ${response.status} ${await response.text()}`);
    for await (const piece of response.body) pieces.push(piece);
  } catch (error) {
    if (!cut.signal.aborted) throw error;
    const lastPiece = pieces.pop() ?? new Uint8Array();
    pieces.push(lastPiece.subarray(0, Math.floor(lastPiece.length * options.keep)));
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(pieces);
}
