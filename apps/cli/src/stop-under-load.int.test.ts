import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedServer } from "@llamaagent/testing/server/embedded-server";
import { expect, it } from "vitest";

const CLIENTS = 15;

/** Over a connection of its own: the status, or the error's code. */
function ask(url: string, path: string): Promise<string> {
  return new Promise((resolve) => {
    get(`${url}${path}`, { agent: false }, (answer) => {
      answer.once("error", ({ message }) => resolve(message));
      answer.once("end", () => resolve(String(answer.statusCode)));
      answer.resume();
    }).once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

it.skipIf(process.platform === "win32")(
  "answers or refuses, and never resets, clients that connect for each request while it stops",
  { timeout: 120_000 },
  async () => {
    const server = await startEmbeddedServer({});
    const [url = ""] = server.urls;
    const [api] = server.apis;
    if (api === undefined) throw new Error("no server was started");
    let isStopping = false;
    const outcomes = new Set<string>();
    const readiness = new Set<string>();
    const loops = Array.from({ length: CLIENTS }, async () => {
      for (let outcome = ""; outcome !== "ECONNREFUSED";) {
        outcome = await ask(url, "/agents/default");
        if (isStopping) outcomes.add(outcome);
      }
    });
    await sleep(500);
    const told = performance.now();
    isStopping = true;
    const gone = api.kill("SIGTERM");
    for (let ready = ""; ready !== "ECONNREFUSED"; await sleep(100))
      readiness.add((ready = await ask(url, "/health/ready")));
    await Promise.all([gone, ...loops]);
    // As promised.
    expect(performance.now() - told).toBeLessThan(25_000);
    expect(await api.exited).toEqual({ code: 0, signal: null });
    expect([...outcomes].toSorted()).toEqual(["200", "ECONNREFUSED"]);
    expect(readiness).toContain("503");
    await server.close();
  },
);
