import { expect, it } from "vitest";
import { answerLeaks } from "./answer-leaks.ts";

it.each([
  ["a stack", new Error("x").stack ?? ""],
  ["a stack", JSON.stringify({ detail: "x\n    at Object.handler (file:///srv/app/runs:1:2)" })],
  ["a line of a source file", "in runs.routes.ts:17"],
  ["a dependency", "/srv/node_modules/pg"],
  ["SQL", "failed: SELECT secret\n FROM api_keys"],
  ["SQL", "INSERT INTO runs (a) VALUES ($1)"],
  ["a message of Postgres", 'relation "secrets" does not exist'],
  ["a message of Postgres", JSON.stringify({ detail: 'relation "secrets" does not exist' })],
  ["a message of Postgres", "invalid byte sequence for encoding"],
  ["an error of JavaScript", "TypeError: x is not a function"],
  ["a folder of this machine", `${process.cwd()}/apps`],
])("finds %s in an answer", (name, text) => {
  expect(answerLeaks(text)).toContain(name);
});

it("lets pass what is no leak, and what the caller wrote", () => {
  const problem = { detail: "There is no such run", instance: "/runs/1", code: "not_found" };
  expect(answerLeaks(JSON.stringify(problem))).toEqual([]);
  expect(answerLeaks("Update the thread from the state at the checkpoint")).toEqual([]);
  const given = "x'); SELECT a FROM b; \"";
  expect(answerLeaks(JSON.stringify({ name: given }), given)).toEqual([]);
  expect(answerLeaks(JSON.stringify({ name: given }))).toEqual(["SQL"]);
});
