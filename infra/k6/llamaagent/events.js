/**
 * @typedef {object} StreamEvent
 * @property {string} id `<epoch>-<seq>`
 * @property {string} type
 * @property {{ at: string, run_id: string, text?: string, content?: string, stop_reason?: string }} data
 */

/**
 * The events of a whole `text/event-stream` body; comments are passed over.
 * @param {unknown} body
 * @returns {StreamEvent[]}
 */
export function parseEvents(body) {
  return String(body)
    .split("\n\n")
    .map((block) => ({
      id: field(block, "id"),
      type: field(block, "event"),
      data: field(block, "data"),
    }))
    .filter(({ data }) => data !== "")
    .map(({ id, type, data }) => ({ id, type, data: JSON.parse(data) }));
}

/**
 * @param {string} block
 * @param {string} name
 */
function field(block, name) {
  const line = block.split("\n").find((text) => text.indexOf(`${name}: `) === 0);
  return line === undefined ? "" : line.slice(name.length + 2);
}

/**
 * Every event follows the one before it, in its epoch or in a later one.
 * @param {StreamEvent[]} events
 */
export function isInOrder(events) {
  const positions = events.map(({ id }) => id.split("-").map(Number));
  return positions.every(([epoch = 0, seq = 0], index) => {
    const [epochBefore = 0, seqBefore = 0] = positions[index - 1] || [];
    return epoch > epochBefore || (epoch === epochBefore && seq > seqBefore);
  });
}

/**
 * The streamed texts together are the messages' content. Where a worker was replaced, a message may
 * have begun again, and what was read of it is void: such a stream says nothing here.
 * @param {StreamEvent[]} events
 */
export function isWholeText(events) {
  if (events.some(({ id }) => Number(id.split("-")[0]) > 1)) return true;
  return textOf(events, "message.delta") === textOf(events, "message.completed");
}

/**
 * @param {StreamEvent[]} events
 * @param {string} type
 */
function textOf(events, type) {
  return events
    .filter((event) => event.type === type)
    .map(({ data }) => data.text || data.content || "")
    .join("");
}

/**
 * By the server's clock, from the first event to the first of a type; undefined where there is none.
 * @param {StreamEvent[]} events
 * @param {string} type
 */
export function msUntil(events, type) {
  const [first] = events;
  const found = events.find((event) => event.type === type);
  if (first === undefined || found === undefined) return undefined;
  return Date.parse(found.data.at) - Date.parse(first.data.at);
}
