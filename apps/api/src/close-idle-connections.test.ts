import { once } from "node:events";
import { Agent, createServer, get, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { createIdleCloser } from "./close-idle-connections.ts";

it("lets a server close whose last answer ends after the close began", async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<ServerResponse>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) =>
    onAsked(response),
  );
  const closeIdleConnections = createIdleCloser(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const answered = new Promise((resolve) => {
    get({ host: "127.0.0.1", port, agent }, (answer) => answer.resume().once("end", resolve));
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
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) =>
    onAsked(response),
  );
  const closeIdleConnections = createIdleCloser(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const { promise: got, resolve: onGot, reject: onCut } = Promise.withResolvers<number>();
  get({ host: "127.0.0.1", port, agent }, (answer) => {
    let length = 0;
    answer.once("end", () => onGot(length)).once("error", onCut);
    setTimeout(() => answer.on("data", (bytes: Buffer) => (length += bytes.length)), 300);
  });
  const response = await asked;
  const closed = new Promise((resolve) => server.close(resolve));
  closeIdleConnections();
  response.end(text);
  expect(await got).toBe(text.length);
  await closed;
  agent.destroy();
}, 10_000);

it("lets a server close to which a client has connected in advance", async () => {
  const server = createServer();
  const closeIdleConnections = createIdleCloser(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const connected = once(server, "connection");
  const gone = once(
    connect(port, "127.0.0.1").on("error", () => undefined),
    "close",
  );
  await connected;
  const closed = new Promise((resolve) => server.close(resolve));
  closeIdleConnections();
  await closed;
  await gone;
}, 5_000);

it("answers the request that comes over a new connection after the close began", async () => {
  const server = createServer((_request, response) => void response.end("late"));
  const closeIdleConnections = createIdleCloser(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const connected = once(server, "connection");
  const socket = connect(port, "127.0.0.1");
  await connected;
  const closed = new Promise((resolve) => server.close(resolve));
  closeIdleConnections();
  await sleep(300);
  socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toContain("200 OK");
  await closed;
}, 5_000);
