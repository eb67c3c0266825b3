import fastify from "fastify";
import { expect, it } from "vitest";
import { z } from "zod";
import { answerProblems } from "./problems.ts";
import { validateRequests } from "./validation.ts";

it("says in words of HTTP what a request lacks", async () => {
  const app = fastify();
  answerProblems(app);
  validateRequests(app);
  const body = z.strictObject({
    input: z.union([z.string(), z.array(z.string())]),
    thread_id: z.guid(),
  });
  const params = z.strictObject({ id: z.guid() });
  app.post("/runs", { schema: { body } }, () => ({}));
  app.get("/runs/:id", { schema: { params } }, () => ({}));
  const faults = async (method: "GET" | "POST", url: string, payload?: object) => {
    const answer = await app.inject({ method, url, ...(payload && { payload }) });
    return answer.json<{ errors: unknown }>().errors;
  };

  expect(await faults("POST", "/runs", { thread_id: "x" })).toEqual([
    { pointer: "/input", message: "is required" },
    { pointer: "/thread_id", message: "must be a UUID" },
  ]);
  expect(await faults("POST", "/runs")).toEqual([{ pointer: "", message: "is required" }]);
  expect(await faults("GET", "/runs/x")).toEqual([
    { pointer: "/path/id", message: "must be a UUID" },
  ]);
});
