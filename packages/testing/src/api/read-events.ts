export interface ReadEvent {
  id: string;
  event: string;
  /** The bytes of the data line. */
  data: string;
}

interface ReadStream {
  headers: Record<string, string>;
  events: ReadEvent[];
  /** Comment lines. */
  comments: number;
}

/** Reads a stream to its end; with a body it is asked for by POST. */
export async function readEvents(
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<ReadStream> {
  const response = await fetch(url, {
    headers: { ...headers, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return { headers: Object.fromEntries(response.headers), ...parseEventStream(text) };
}

/** Strict: every event is the three lines that the server promises, in this order. */
export function parseEventStream(text: string): Omit<ReadStream, "headers"> {
  const blocks = text.split("\n\n").filter((block) => block !== "");
  const events = blocks
    .filter((block) => !block.startsWith(":"))
    .map((block) => {
      const match = /^id: (\S+)\nevent: (\S+)\ndata: (.*)$/.exec(block);
      if (!match) throw new Error(`not an event: ${JSON.stringify(block)}`);
      return { id: match[1] ?? "", event: match[2] ?? "", data: match[3] ?? "" };
    });
  return { events, comments: blocks.length - events.length };
}
