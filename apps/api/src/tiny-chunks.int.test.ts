import { createHash } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

/** Bodies are read the same way on both topologies. */
const [embedded] = topologies;
const MIB = 1024 * 1024;

describe("bodies in HTTP chunks of one byte", () => {
  let api: TestApi;
  beforeAll(async () => {
    if (embedded) api = await embedded.start();
  });
  afterAll(() => api?.close());

  async function sendByteByByte(
    line: string,
    type: string,
    body: Buffer,
  ): Promise<{ status: number; json: unknown }> {
    const head = `${line} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`;
    const chunks = Buffer.alloc(body.byteLength * 6);
    for (const [at, byte] of body.entries()) {
      chunks.write("1\r\n?\r\n", at * 6, "latin1");
      chunks[at * 6 + 3] = byte;
    }
    return new Promise((resolve, reject) => {
      let answer = "";
      const socket = connect(Number(new URL(api.url).port), "127.0.0.1", () => {
        socket.write(head);
        socket.write(chunks);
        socket.write("0\r\n\r\n");
      });
      socket.on("data", (data) => (answer += data.toString()));
      socket.on("error", reject);
      socket.on("close", () => {
        const [answerHead = "", text = "null"] = answer.split("\r\n\r\n");
        resolve({ status: Number(answerHead.split(" ")[1]), json: JSON.parse(text) });
      });
    });
  }

  it("takes a JSON body of exactly 1 MiB, and not one byte more", async () => {
    const json = (length: number) => Buffer.from(`{"metadata":{"topic":"é"}}`.padEnd(length - 1));
    const taken = await sendByteByByte("POST /threads", "application/json", json(MIB));
    expect(taken).toMatchObject({ status: 200, json: { metadata: { topic: "é" } } });
    const refused = await sendByteByByte("POST /threads", "application/json", json(MIB + 1));
    expect(refused).toMatchObject({ status: 413, json: { code: "payload_too_large" } });
  });

  it("takes an upload of 2 MiB", async () => {
    const { json } = await sendJson(api.url, "POST", "/threads", {});
    const { thread_id: thread } = json as { thread_id: string };
    const bytes = Buffer.from(Uint8Array.from({ length: 2 * MIB }, (_byte, n) => n % 251));
    const path = `/threads/${thread}/files/large.bin`;
    expect(await sendByteByByte(`PUT ${path}`, "application/octet-stream", bytes)).toMatchObject({
      status: 201,
      json: {
        size_bytes: 2 * MIB,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      },
    });
  });
});
