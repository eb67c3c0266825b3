import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createTransports } from "@llamaagent/testing/services/transports";
import { describe, expect, it } from "vitest";
import { createIdleCloser } from "./close-idle-connections.ts";

const host = "127.0.0.1";
const transports = await createTransports();
const [, secure] = transports;

describe.each(transports)("a close of $name", (transport) => {
  async function serve(listener?: RequestListener) {
    const server = transport.createServer({ keepAliveTimeout: 60_000 }, listener);
    const closeIdleConnections = createIdleCloser(server);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    // A TCP server's address is an AddressInfo.
    const { port } = server.address() as AddressInfo;
    const url = `${transport.name.toLowerCase()}://${host}:${port}`;
    return { server, port, url, closeIdleConnections };
  }

  it("comes though the last answer ends after it began", async () => {
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<ServerResponse>();
    const { server, url, closeIdleConnections } = await serve((_request, response) =>
      onAsked(response),
    );
    const agent = transport.keepingAgent();
    const answered = new Promise((resolve) => {
      transport.request(url, { agent }, (answer) => answer.resume().once("end", resolve)).end();
    });
    const response = await asked;

    closeIdleConnections();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    setTimeout(() => response.end("late"), 20);
    await answered;
    await expect(closed).resolves.toBeUndefined();
    agent.destroy();
  }, 5_000);

  it("cuts off no answer that a slow reader has yet to take", async () => {
    const text = "x".repeat(20_000_000);
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<ServerResponse>();
    const { server, url, closeIdleConnections } = await serve((_request, response) =>
      onAsked(response),
    );
    const agent = transport.keepingAgent();
    const { promise: got, resolve: onGot, reject: onCut } = Promise.withResolvers<number>();
    const asking = transport.request(url, { agent }, (answer) => {
      let length = 0;
      answer.once("end", () => onGot(length)).once("error", onCut);
      setTimeout(() => answer.on("data", (bytes: Buffer) => (length += bytes.length)), 300);
    });
    asking.end();
    const response = await asked;
    const closed = new Promise((resolve) => server.close(resolve));
    closeIdleConnections();
    response.end(text);
    expect(await got).toBe(text.length);
    await closed;
    agent.destroy();
  }, 10_000);

  it("leaves an answer the time that it takes", async () => {
    const { server, url, closeIdleConnections } = await serve(
      (_request, response) => void setTimeout(() => response.end("late"), 6_000),
    );
    const agent = transport.keepingAgent();
    const { promise: status, resolve, reject } = Promise.withResolvers();
    const asking = transport.request(url, { agent }, (answer) =>
      answer.resume().once("end", () => resolve(answer.statusCode)),
    );
    asking.once("error", reject).end();
    await once(server, "request");
    const closed = new Promise((resolveClosed) => server.close(resolveClosed));
    closeIdleConnections();
    expect(await status).toBe(200);
    await closed;
    agent.destroy();
  }, 10_000);

  it("comes though a client has connected in advance", async () => {
    const { server, port, closeIdleConnections } = await serve();
    const connected = once(server, transport.connected);
    const gone = once(
      transport.connect(port).on("error", () => undefined),
      "close",
    );
    await connected;
    const startedAt = performance.now();
    const closed = new Promise((resolve) => server.close(resolve));
    closeIdleConnections();
    await closed;
    await gone;
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  }, 10_000);

  it("answers the request that comes over a new connection after it began", async () => {
    const { server, port, closeIdleConnections } = await serve(
      (_request, response) => void response.end("late"),
    );
    const connected = once(server, transport.connected);
    const socket = transport.connect(port);
    await connected;
    const closed = new Promise((resolve) => server.close(resolve));
    closeIdleConnections();
    await sleep(300);
    socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain("200 OK");
    await closed;
  }, 5_000);
});

/** The beginning of a record with a handshake in it, of which the rest never comes. */
const HALF_HELLO = Buffer.from([22, 3, 1, 2, 0, 1]);

it.each([
  ["says nothing", Buffer.alloc(0), 3_000],
  ["has begun a handshake", HALF_HELLO, 8_000],
])(
  "a close of HTTPS comes though a client %s",
  async (_what, bytes, withinMs) => {
    if (secure === undefined) throw new Error("HTTPS is the second");
    const server = secure.createServer({});
    const closeIdleConnections = createIdleCloser(server);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    // A TCP server's address is an AddressInfo.
    const { port } = server.address() as AddressInfo;
    const connected = once(server, "connection");
    const socket = connect(port, host).on("error", () => undefined);
    socket.write(bytes);
    await connected;
    const startedAt = performance.now();
    const closed = new Promise((resolve) => server.close(resolve));
    closeIdleConnections();
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(withinMs);
    socket.destroy();
  },
  15_000,
);
