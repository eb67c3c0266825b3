import { once } from "node:events";
import { stat } from "node:fs/promises";
import { Agent, createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { closeIdleConnections, lingerConnections } from "./close-idle-connections.ts";

it("lets a server close whose last answer ends after the close began", async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<ServerResponse>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) =>
    onAsked(response),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const answered = new Promise((resolve) => {
    get({ host: "127.0.0.1", port, agent }, (answer) => answer.resume().once("end", resolve));
  });
  const response = await asked;

  closeIdleConnections(server);
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  setTimeout(() => response.end("late"), 20);
  await answered;
  await expect(closed).resolves.toBeUndefined();
  agent.destroy();
}, 5_000);

it("lingers while a connection is open, so that what is on its way is answered, a second at most", async () => {
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) =>
    response.end("answered"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const ask = () =>
    new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, agent }, (answer) =>
        answer.resume().once("end", () => resolve(answer.statusCode)),
      ).once("error", reject);
    });
  await ask();

  let isOver = false;
  const lingering = lingerConnections(server).then(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await ask()).toBe(200);
  expect(isOver).toBe(false);
  agent.destroy();
  await lingering;

  // It does not wait for a connection that stays.
  await ask();
  await lingerConnections(server);
  agent.destroy();
  await new Promise((resolve) => server.close(resolve));
}, 5_000);

it("answers what waited to be accepted when the close began", async () => {
  const server = createServer((_request, response) => response.end("answered"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const connected = new Int32Array(new SharedArrayBuffer(4));
  // In a thread of its own: this one is stopped meanwhile, so that only the kernel has the connections.
  const client = new Worker(CLIENT, { eval: true, workerData: { port, connected } });
  const answers = once(client, "message");
  // Goes on in the phase of the event loop that looks at sockets, after the look.
  await stat(import.meta.filename);
  expect(Atomics.wait(connected, 0, 0, 4_000)).not.toBe("timed-out");
  await lingerConnections(server);
  server.close();
  expect(await answers).toEqual([["HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK"]]);
}, 5_000);

const CLIENT = `
  const { once } = require("node:events");
  const { connect } = require("node:net");
  const { parentPort, workerData: { port, connected } } = require("node:worker_threads");
  const sockets = [1, 2, 3].map(() => connect(port, "127.0.0.1"));
  const answers = sockets.map(async (socket) => {
    let text = "";
    socket.on("data", (bytes) => (text += bytes)).on("error", ({ code }) => (text += code));
    await new Promise((resolve) => socket.on("close", resolve));
    return text.slice(0, 15);
  });
  Promise.all(sockets.map((socket) => once(socket, "connect"))).then(() => {
    for (const socket of sockets)
      socket.write("GET / HTTP/1.1\\r\\nhost: localhost\\r\\nconnection: close\\r\\n\\r\\n");
    Atomics.store(connected, 0, 1);
    Atomics.notify(connected, 0);
    Promise.all(answers).then((all) => parentPort.postMessage(all));
  });
`;
