import fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { answerProblems } from "./problems.ts";
import { serveThisMachineOnly } from "./this-machine-only.ts";

function app(): FastifyInstance {
  const server = fastify();
  answerProblems(server);
  serveThisMachineOnly(server);
  server.get("/", () => "served");
  return server;
}
const ask = (headers: Record<string, string>, url = "/") => app().inject({ url, headers });

describe("serveThisMachineOnly", () => {
  it.each([
    "localhost",
    "localhost:8000",
    "LOCALHOST:8000",
    "127.0.0.1:8000",
    "127.9.9.9",
    "[::1]",
    "[::1]:8000",
    "[0:0:0:0:0:0:0:1]:80",
  ])("serves Host %s, and pages from there", async (host) => {
    expect((await ask({ host })).body).toBe("served");
    for (const scheme of ["http", "https"])
      expect((await ask({ host: "localhost", origin: `${scheme}://${host}` })).body).toBe("served");
  });

  it.each([
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example:8000",
    "evil.example:127.0.0.1",
    "user@localhost",
    "0.0.0.0:8000",
    "192.168.1.2:8000",
    "[::2]:8000",
    "[::1].evil.example",
  ])("refuses Host '%s'", async (host) => {
    for (const url of ["/", "/nothing"]) {
      const answer = await ask({ host }, url);
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({
        code: "forbidden",
        detail: `Without LLAMAAGENT_AUTH=required this server answers only this machine: the header Host must name localhost or a loopback address, not '${host}'`,
      });
    }
  });

  it.each(["http://evil.example", "https://localhost.evil.example", "null", "", "file://"])(
    "refuses Origin '%s', whatever the Host",
    async (origin) => {
      const answer = await ask({ host: "localhost:8000", origin });
      expect(answer.statusCode).toBe(403);
      expect(answer.json().detail).toContain("the header Origin must name");
    },
  );
});
