import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { promisify } from "node:util";
import { within } from "@llamaagent/core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { send, sendJson } from "../api/send.ts";
import { KNOWN_KEY, storeKnownKeyIn } from "../services/known-key.ts";
import { type ScaledServer, startScaledServer } from "./scaled-server.ts";

const HEAP_MIB = 512;
/** Of all of them: 40 KiB each. */
const GROWTH_MIB_MAX = 400;
/** A read and a change together; other tests share the machine. */
const SLOWEST_MS = 5_000;
/** Opened at a time: the kernel keeps 511 for a server to accept. */
const AT_A_TIME = 250;
const admin = { "x-api-key": KNOWN_KEY };
const HALF_HEADERS = "GET /me HTTP/1.1\r\nhost: a\r\nx-slow: ";
const HALF_BODY = `POST /threads HTTP/1.1\r\nhost: a\r\nx-api-key: ${KNOWN_KEY}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"`;
const WHOLE = "GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";
/** How many there are, and what each of them says before it is silent. */
const KINDS = {
  silent: { count: 4_000, says: "" },
  headers: { count: 4_000, says: HALF_HEADERS },
  bodies: { count: 1_000, says: HALF_BODY },
  keptAlive: { count: 1_000, says: WHOLE },
};
const CONNECTIONS = 10_000;

describe.runIf(inject("databaseUrl") && inject("redisUrl"))("10,000 connections", () => {
  let server: ScaledServer;
  let url: string;
  const open: Record<string, Set<Socket>> = {};
  beforeAll(async () => {
    await assertFileDescriptors(CONNECTIONS + 1_000);
    server = await startScaledServer({
      apis: 1,
      workers: 0,
      env: {
        LLAMAAGENT_AUTH: "required",
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}`,
      },
    });
    await storeKnownKeyIn(server.databaseUrl);
    url = server.urls[0] ?? "";
  });
  afterAll(async () => {
    for (const socket of Object.values(open).flatMap((sockets) => [...sockets])) socket.destroy();
    await server?.close();
  });

  async function openAll(count: number, says: string): Promise<Set<Socket>> {
    const sockets = new Set<Socket>();
    const { port } = new URL(url);
    const openOne = async (): Promise<void> => {
      const socket = connect(Number(port), "127.0.0.1");
      await once(socket, "connect");
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => sockets.delete(socket));
      // What is answered is not looked at.
      socket.resume();
      if (says !== "") socket.write(says);
    };
    for (let opened = 0; opened < count; opened += AT_A_TIME)
      await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count - opened) }, openOne));
    return sockets;
  }

  /** Reads and changes, one after the other; how long the slowest took, in milliseconds. */
  async function useIt(times: number): Promise<number> {
    let slowest = 0;
    for (let n = 0; n < times; n += 1) {
      const startedAt = performance.now();
      const read = await send(url, { path: "/me", headers: admin });
      const made = await sendJson(url, "POST", "/threads", { metadata: { n } }, admin);
      expect([read.status, made.status]).toEqual([200, 200]);
      slowest = Math.max(slowest, performance.now() - startedAt);
    }
    return slowest;
  }

  it("of which nearly all are idle leave the others served, in a bounded memory, and end", async () => {
    const [api] = server.apis;
    if (api === undefined) throw new Error("no API");
    await useIt(50);
    const before = await residentMib(api.pid);

    for (const [kind, { count, says }] of Object.entries(KINDS))
      open[kind] = await openAll(count, says);
    const openNow = () => Object.values(open).reduce((sum, { size }) => sum + size, 0);
    expect(openNow(), "at one time").toBe(CONNECTIONS);

    // Headers that go on, byte by byte, so that none of them looks dead.
    const dripping = setInterval(() => {
      for (const socket of open["headers"] ?? []) socket.write("a");
    }, 3_000);
    try {
      expect(await useIt(100)).toBeLessThan(SLOWEST_MS);
      expect(openNow(), "none is cut off before its time").toBe(CONNECTIONS);
      expect((await residentMib(api.pid)) - before).toBeLessThan(GROWTH_MIB_MAX);

      // After 15 s, and the 5 s after which Node looks again.
      const waiting = () => (open["silent"]?.size ?? 0) + (open["headers"]?.size ?? 0);
      await expect.poll(waiting, { timeout: 60_000, interval: 500 }).toBe(0);
    } finally {
      clearInterval(dripping);
    }
    // These have 120 and 72 s.
    expect([open["bodies"]?.size, open["keptAlive"]?.size]).toEqual([1_000, 1_000]);
    expect(await useIt(50)).toBeLessThan(SLOWEST_MS);
    expect(await within(api.exited, 0, undefined)).toBeUndefined();
  }, 180_000);
});

/** Node raises what is in force to what may be: both this process and the server have as many. */
async function assertFileDescriptors(wanted: number): Promise<void> {
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", "ulimit -Hn"]);
  const allowed = stdout.trim();
  if (allowed !== "unlimited" && Number(allowed) < wanted)
    throw new Error(
      `${CONNECTIONS} connections need ${wanted} file descriptors a process, and ${allowed} are allowed: raise the limit (ulimit -Hn ${wanted})`,
    );
}

/** What a process has in memory. A bare Debian has no `ps`, and macOS no `/proc`. */
async function residentMib(pid: number): Promise<number> {
  if (process.platform === "linux") {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
  return Number(stdout) / 1024;
}
