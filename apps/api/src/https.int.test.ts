import { once } from "node:events";
import { copyFile, readFile } from "node:fs/promises";
import https from "node:https";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import tls, { type ConnectionOptions, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { systemClock } from "@llamaagent/core";
import { readEvents } from "@llamaagent/testing/api/read-events";
import { readSocket } from "@llamaagent/testing/api/read-socket";
import { sendJson } from "@llamaagent/testing/api/send";
import { sendRaw } from "@llamaagent/testing/api/send-raw";
import { createTestAgents } from "@llamaagent/testing/api/test-agents";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import {
  createTestAuthority,
  type TestAuthority,
} from "@llamaagent/testing/services/test-certificates";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { followCertificate } from "./certificate/follow-certificate.ts";
import { readCertificate, type ServerCertificate } from "./certificate/read-certificate.ts";

/** What comes before any route is the same on both topologies. */
const [embedded] = topologies;
/** As if 15 s and 30 s were these. */
const HANDSHAKE_MS = 500;
const STALL_MS = 500;

let root: TestAuthority;
/** Between the root, which clients trust, and the servers. */
let authority: TestAuthority;
let trusted: string[];
beforeAll(async () => {
  root = await createTestAuthority();
  authority = await root.issueAuthority();
  trusted = tls.getCACertificates();
  tls.setDefaultCACertificates([await readFile(root.certPath, "utf8")]);
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await root?.remove();
});

async function startWith(
  certificate: ServerCertificate,
  times: { handshakeMs?: number } = {},
): Promise<TestApi> {
  if (embedded === undefined) throw new Error("there is an embedded topology");
  return embedded.start({ certificate, times, streams: { stallMs: STALL_MS } });
}

function openPlain(url: string): Socket {
  return connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
}
async function openSecure(url: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const port = Number(new URL(url).port);
  const socket = tls.connect({ port, host: "127.0.0.1", ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** Of a run of the test model that does not end by itself. */
async function createSlowRun(url: string): Promise<string> {
  const { json } = await sendJson(url, "POST", "/runs", { agent_id: "slow", input: "Hi" });
  return (json as { run_id: string }).run_id;
}

describe("an API with a certificate of its own", () => {
  let api: TestApi;
  beforeAll(async () => {
    const certificate = await readCertificate(await authority.issue());
    api = await startWith(certificate, { handshakeMs: HANDSHAKE_MS });
    await api.startWorker();
    await createTestAgents(api.url, ["tools", "slow"]);
  });
  afterAll(() => api?.close());

  it("is reached by https, as all that it serves, by whoever trusts the root alone", async () => {
    expect(api.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const live = await fetch(`${api.url}/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: "ok" }]);
    expect(live.headers.get("strict-transport-security")).toContain("max-age=31536000");
    const byName = await fetch(`${api.url.replace("127.0.0.1", "localhost")}/tools`);
    expect(byName.status).toBe(200);
  });

  it("streams a run's events, and sends the same over a WebSocket", async () => {
    const { events, headers } = await readEvents(`${api.url}/runs/stream`, {
      agent_id: "tools",
      input: "Hi",
    });
    expect(events.at(-1)?.event).toBe("run.completed");
    const socket = await readSocket(`${api.url}${headers["content-location"]}/stream`);
    expect(socket).toMatchObject({ frames: events, code: 1000 });
  });

  it("takes TLS 1.2 and 1.3, and nothing older", async () => {
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const options = { minVersion: version, maxVersion: version };
      const socket = await openSecure(api.url, options);
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    const old = {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    } as const;
    await expect(openSecure(api.url, old)).rejects.toMatchObject({
      code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    });
  });

  it("speaks HTTP/1.1, also to those who offer more", async () => {
    const socket = await openSecure(api.url, { ALPNProtocols: ["h2", "http/1.1"] });
    expect(socket.alpnProtocol).toBe("http/1.1");
    socket.destroy();
    await expect(openSecure(api.url, { ALPNProtocols: ["h2"] })).rejects.toMatchObject({
      code: "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
    });
  });

  it("closes the connection of who speaks HTTP without TLS, and says nothing", async () => {
    for (const text of ["GET / HTTP/1.1\r\nhost: a\r\n\r\n", "hello\r\n\r\n"])
      expect(await sendRaw(api.url, text)).toMatchObject({ head: "", body: "" });
    expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
  });

  it("answers what is no HTTP inside TLS with a problem document", async () => {
    const socket = await openSecure(api.url);
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    socket.write("hello\r\n\r\n");
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"bad_request"');
  });

  it("hangs up on who does not end a handshake in time", async () => {
    const connections = () => promisify(api.app.server.getConnections.bind(api.app.server))();
    const before = await connections();
    const socket = openPlain(api.url);
    const startedAt = performance.now();
    await once(socket.resume(), "close");
    expect(performance.now() - startedAt).toBeGreaterThan(HANDSHAKE_MS - 50);
    await expect.poll(connections).toBeLessThanOrEqual(before);
  });

  it("cuts off who takes nothing of an answer, and not who takes it slowly", async () => {
    const { json } = await sendJson(api.url, "POST", "/threads", {});
    const { thread_id: id } = json as { thread_id: string };
    const url = `${api.url}/threads/${id}/files/large`;
    // The most that a file may have, and more than the kernel's buffers take of what nobody reads.
    const bytes = 10 * 2 ** 20;
    expect((await fetch(url, { method: "PUT", body: Buffer.alloc(bytes) })).status).toBe(201);
    // Storing it may have made the process late, which then refuses what can wait.
    const readable = async () => (await fetch(`${api.url}/threads/${id}`)).status;
    await expect.poll(readable, { timeout: 10_000 }).toBe(200);
    const download = async (pauseMs: number): Promise<number> => {
      const [response] = await once(https.get(url, { agent: false }), "response");
      expect(response.statusCode).toBe(200);
      let read = 0;
      for await (const chunk of response) {
        // A stream without an encoding gives bytes.
        const { byteLength } = chunk as Buffer;
        if (read === 0) await sleep(pauseMs);
        await sleep((byteLength / bytes) * 4 * STALL_MS);
        read += byteLength;
      }
      return read;
    };
    expect(await download(0)).toBe(bytes);
    await expect(download(4 * STALL_MS)).rejects.toThrow("aborted");
  });
});

describe("the certificate of an API", () => {
  it("is renewed while a stream goes on", async () => {
    const folder = await temporaryFolder("renewed");
    const files = { certPath: join(folder.path, "tls.crt"), keyPath: join(folder.path, "tls.key") };
    const renew = async (): Promise<void> => {
      const { certPath, keyPath } = await authority.issue();
      await copyFile(certPath, files.certPath);
      await copyFile(keyPath, files.keyPath);
    };
    await renew();
    const certificate = await readCertificate(files);
    const api = await startWith(certificate);
    await api.startWorker();
    await createTestAgents(api.url, ["slow"]);
    const logger = { info: () => undefined, warn: () => undefined } as never;
    const { server } = api.app;
    if (!(server instanceof https.Server)) throw new Error("it is an HTTPS server");
    const leave = followCertificate(server, certificate, {
      clock: systemClock,
      logger,
      lookMs: 20,
    });
    const shown = async (): Promise<string> => {
      const socket = await openSecure(api.url);
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    const first = await shown();
    const run = await createSlowRun(api.url);
    const { body } = await fetch(`${api.url}/runs/${run}/stream`);
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? "";

    await renew();
    await expect.poll(shown).not.toBe(first);
    await fetch(`${api.url}/runs/${run}/cancel`, { method: "POST" });
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
      text += read.value;
    expect(text).toContain("event: run.queued");
    expect(text).toContain("event: run.cancelled");
    leave();
    await api.close();
    await folder.remove();
  });
});

describe("a close of an API with a certificate", () => {
  it("ends a stream, and waits neither for an idle connection nor for a handshake", async () => {
    const api = await startWith(await readCertificate(await authority.issue()));
    await createTestAgents(api.url, ["slow"]);
    const run = await createSlowRun(api.url);
    const stream = await fetch(`${api.url}/runs/${run}/stream`);
    const agent = new https.Agent({ keepAlive: true });
    const [answer] = await once(https.get(`${api.url}/health/live`, { agent }), "response");
    await once(answer.resume(), "end");
    const inAdvance = await openSecure(api.url);
    // Their handshake time is not over yet.
    const silent = openPlain(api.url);
    const begun = openPlain(api.url);
    begun.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    const gone = [inAdvance, silent, begun].map((socket) => once(socket.resume(), "close"));

    const startedAt = performance.now();
    const closed = api.close();
    expect(await stream.text()).toContain("event: run.queued");
    await closed;
    // Some 5 s; a handshake has 15.
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    await Promise.all(gone);
    agent.destroy();
  });
});
