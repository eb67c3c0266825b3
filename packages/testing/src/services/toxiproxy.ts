import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { localBinaries } from "../test-binaries/local-binaries.ts";
import { freePort } from "./free-port.ts";
import { spawnProcess } from "./spawn-process.ts";

export interface Toxiproxy {
  /** A proxy before a service that is given by URL. */
  createProxy(name: string, targetUrl: string): Promise<ToxicProxy>;
  close(): Promise<void>;
}

/** A TCP proxy whose connections can be made ill. */
export interface ToxicProxy {
  /** The target's URL with this proxy's address. */
  url: string;
  /** In both directions, on old and new connections. */
  addToxics(toxic: Toxic): Promise<void>;
  removeToxics(): Promise<void>;
}

/**
 * As Toxiproxy names them (https://github.com/Shopify/toxiproxy#toxics). `timeout`: no byte passes, and
 * the connection is closed after so many ms; with 0 it stays open until the toxic is removed.
 */
export interface Toxic {
  type: "timeout";
  attributes: { timeout: number };
}

const Created = z.object({ listen: z.string() });

/** A Toxiproxy of one's own. Errors: it is not there; it did not start. */
export async function startToxiproxy(): Promise<Toxiproxy> {
  const executable = localBinaries().toxiproxy;
  if (executable === undefined)
    throw new Error("Toxiproxy is not there: npm run services -- fetch toxiproxy");
  const port = await freePort();
  const running = await spawnProcess(executable, ["-host", "127.0.0.1", "-port", String(port)]);
  await running.waitFor(/Starting HTTP server/);
  const url = `http://127.0.0.1:${port}`;
  await untilListening(url);
  return {
    async createProxy(name, targetUrl) {
      const target = new URL(targetUrl);
      const created = await send(url, "POST", "/proxies", {
        name,
        listen: "127.0.0.1:0",
        upstream: target.host,
      });
      target.host = Created.parse(created).listen;
      const toxics = `/proxies/${encodeURIComponent(name)}/toxics`;
      const streams = ["upstream", "downstream"] as const;
      return {
        url: target.href,
        async addToxics(toxic) {
          for (const stream of streams)
            await send(url, "POST", toxics, { name: stream, stream, ...toxic });
        },
        async removeToxics() {
          for (const stream of streams) await send(url, "DELETE", `${toxics}/${stream}`);
        },
      };
    },
    close: () => running.kill(),
  };
}

/** It says that it starts before it listens. */
async function untilListening(url: string): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      await fetch(`${url}/version`);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await sleep(20);
    }
  }
}

async function send(
  url: string,
  method: "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Toxiproxy: ${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
