import { sendRaw } from "@llamaagent/testing/api/send-raw";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What comes before any route is the same on both topologies. */
const [embedded] = topologies;

/** What a proxy that reads the first request in another way would hand over as another client's. */
const HIDDEN = "GET /hidden HTTP/1.1\r\nhost: a\r\n\r\n";
const post = (headers: string, rest: string) =>
  `POST /threads HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${headers}\r\n\r\n${rest}`;
const chunked = `2\r\n{}\r\n0\r\n\r\n${HIDDEN}`;

describe("where a request ends", () => {
  let api: TestApi;
  beforeAll(async () => {
    if (embedded) api = await embedded.start();
  });
  afterAll(() => api?.close());
  // A name of this machine: no key is asked for.
  const ask = (text: string) => sendRaw(api.url, text.replaceAll("host: a", "host: localhost"));
  const statuses = ({ head, body }: { head: string; body: string }) =>
    [...`${head}\r\n\r\n${body}`.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

  it.each([
    ["two lengths", post("content-length: 2\r\ncontent-length: 40", `{}${HIDDEN}`)],
    ["a list of lengths", post("content-length: 2, 40", `{}${HIDDEN}`)],
    ["a length with a sign", post("content-length: +2", `{}${HIDDEN}`)],
    ["a length in hexadecimal", post("content-length: 0x2", `{}${HIDDEN}`)],
    ["a length and chunks", post("content-length: 2\r\ntransfer-encoding: chunked", chunked)],
    ["chunks and a length", post("transfer-encoding: chunked\r\ncontent-length: 2", chunked)],
    ["a blank before the colon", post("transfer-encoding : chunked", chunked)],
    ["a line that goes on", post("x: a\r\n transfer-encoding: chunked", chunked)],
    ["chunks that are not the last coding", post("transfer-encoding: chunked, x", chunked)],
    ["a coding that is hidden", post("transfer-encoding: \x0bchunked", chunked)],
    ["a bare CR", post("x: a\rtransfer-encoding: chunked", chunked)],
    ["a bare LF", post("x: a\ntransfer-encoding: chunked", chunked)],
    ["a size of a chunk with a sign", post("transfer-encoding: chunked", `+2\r\n{}\r\n0\r\n\r\n`)],
    [
      "a size of a chunk that overflows",
      post("transfer-encoding: chunked", `${"f".repeat(17)}\r\n`),
    ],
    ["a chunk without its end", post("transfer-encoding: chunked", `2\r\n{}0\r\n\r\n${HIDDEN}`)],
  ])("is refused where it is not clear: %s", async (_what, text) => {
    // Hung up on, whatever comes behind it.
    expect(statuses(await ask(text)).filter((status) => status !== 400)).toEqual([]);
  });

  it("is clear by a length, and by chunks: the next one is answered as another request", async () => {
    const last = HIDDEN.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    expect(statuses(await ask(post("content-length: 2", `{}${last}`)))).toEqual([200, 404]);
    const body = `2\r\n{}\r\n0\r\n\r\n${last}`;
    expect(statuses(await ask(post("transfer-encoding: chunked", body)))).toEqual([200, 404]);
  });
});
