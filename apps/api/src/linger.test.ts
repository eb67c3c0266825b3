import { once } from "node:events";
import { stat } from "node:fs/promises";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import fastify from "fastify";
import { expect, it } from "vitest";
import { holdRequests } from "./hold-requests.ts";
import { createLinger } from "./linger.ts";

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
  const linger = createLinger(server);
  await ask();

  let isOver = false;
  const lingering = linger(() => {}).then(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await ask()).toBe(200);
  expect(isOver).toBe(false);
  agent.destroy();
  await lingering;

  // It does not wait for a connection that stays.
  await ask();
  await linger(() => {});
  agent.destroy();
  await new Promise((resolve) => server.close(resolve));
}, 5_000);

it("answers what waited to be accepted when the close began", async () => {
  const server = createServer((_request, response) => response.end("answered"));
  const linger = createLinger(server);
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
  await linger(() => {});
  server.close();
  expect(await answers).toEqual([["HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK"]]);
}, 5_000);

it("resets none of those who connect for each request, without an end", async () => {
  const app = fastify({ return503OnClosing: false });
  const requests = holdRequests(app);
  const linger = createLinger(app.server);
  app.addHook("preClose", async () => {
    await linger(requests.hold);
    setImmediate(requests.release);
  });
  app.get("/", (_request, reply) => {
    void reply.send("answered");
    // In this turn of the event loop the client has its answer, and connects again.
    setImmediate(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5));
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const clients = new Worker(INSATIABLE, { eval: true, workerData: url });
  await once(clients, "message");
  const outcomes = once(clients, "message");
  await app.close();
  expect(await outcomes).toEqual([["200", "ECONNREFUSED"]]);
}, 20_000);

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

const INSATIABLE = `
  const { get } = require("node:http");
  const { parentPort, workerData: url } = require("node:worker_threads");
  const outcomes = new Set();
  const ask = () => new Promise((resolve) => {
    get(url, { agent: false }, (answer) => {
      answer.resume().once("end", () => resolve(String(answer.statusCode)));
      answer.once("error", ({ code }) => resolve(code));
    }).once("error", ({ code }) => resolve(code));
  });
  const loop = async () => {
    for (let outcome; outcome !== "ECONNREFUSED"; ) {
      outcome = await ask();
      outcomes.add(outcome);
    }
  };
  ask().then((outcome) => parentPort.postMessage(outcome));
  Promise.all(Array.from({ length: 15 }, loop)).then(() =>
    parentPort.postMessage([...outcomes].sort()),
  );
`;
