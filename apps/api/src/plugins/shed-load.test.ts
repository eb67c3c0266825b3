import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nobody } from "./authenticate.ts";
import { answerProblems } from "./problems.ts";
import { shedWhenLate, shedWhenQueued } from "./shed-load.ts";

let app: FastifyInstance;
let asked: number;
beforeEach(() => {
  asked = 0;
  app = fastify();
  answerProblems(app);
});
afterEach(() => app.close());

function serve(): void {
  app.addHook("onRequest", async (request) => {
    asked += 1;
    request.principal = nobody;
  });
  const answer = async () => "done";
  app.post("/start", { config: { permission: "runs:write", startsRuns: true } }, answer);
  app.post("/cancel", { config: { permission: "runs:write" } }, answer);
  app.get("/read", { config: { permission: "runs:read" } }, answer);
  app.get("/probe", { config: { permission: "public", isProbe: true } }, answer);
}
const post = (url: string, payload?: object) =>
  app.inject({ method: "POST", url, ...(payload && { payload }) });
const statuses = async () => [
  (await post("/start")).statusCode,
  (await post("/cancel")).statusCode,
  (await app.inject("/read")).statusCode,
  (await app.inject("/probe")).statusCode,
];
describe("a process that is late", () => {
  it.each([
    [500, [200, 200, 200, 200]],
    [501, [503, 200, 200, 200]],
    [1_001, [503, 200, 503, 200]],
  ])("by %i ms takes what it has time for", async (ms, expected) => {
    shedWhenLate(app, { ms }, 500);
    serve();
    expect(await statuses()).toEqual(expected);
  });

  it("says so before it asks who calls", async () => {
    shedWhenLate(app, { ms: 1_000 }, 500);
    serve();
    const refused = await post("/start");
    expect(refused.json()).toMatchObject({
      code: "service_unavailable",
      detail: "This server is late with what it has to do",
    });
    expect(refused.headers["retry-after"]).toBe("2");
    expect(asked).toBe(0);
  });
});

describe("a queue that is too long", () => {
  it("refuses what starts runs, by the priority that it asks for", async () => {
    shedWhenQueued(app, { isShut: ({ priority }) => priority < 1 });
    serve();
    expect(await statuses()).toEqual([503, 200, 200, 200]);
    expect((await post("/start", { priority: 1 })).statusCode).toBe(200);
    for (const body of [{ priority: -1 }, { priority: "1" }, [{ priority: 1 }]])
      expect((await post("/start", body)).json()).toMatchObject({
        status: 503,
        detail: /wait for a worker/,
      });
  });
});
