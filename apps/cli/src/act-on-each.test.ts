import { createClient, LlamaAgentError } from "@llamaagent/client";
import { expect, it } from "vitest";
import { type Act, actOnEach } from "./act-on-each.ts";

function acted(act: Act["act"], { ids, isJson = false }: { ids: string[]; isJson?: boolean }) {
  const said = { out: "", notes: "" };
  const remote = {
    client: createClient({ url: "http://127.0.0.1:1" }),
    terminal: {
      out: (text: string) => void (said.out += text),
      note: (text: string) => void (said.notes += text),
      isOutLive: false,
      finishUnread: () => undefined,
    },
    signal: new AbortController().signal,
    isJson,
  };
  const done = actOnEach(remote, { ids, idField: "run_id", noun: "runs", act });
  return { said, done };
}

const done = () => Promise.resolve({ outcome: "done" });
const refused = (status: number) =>
  Promise.reject(new LlamaAgentError("not_found", { status, detail: "There is no such run" }));

it("acts once on each, and says how far it is", async () => {
  const ids = Array.from({ length: 45 }, (_, n) => `r${n}`);
  const { said, done: exitCode } = acted(done, { ids: [...ids, "r0"] });
  expect(await exitCode).toBe(0);
  expect(said.out).toBe(ids.map((id) => `${id}  done\n`).join(""));
  expect(said.notes).toBe("… 20 of 45 runs\n… 40 of 45 runs\n");
});

it("goes on after one that is refused, and fails", async () => {
  const act = (id: string) => (id === "b" ? refused(404) : done());
  const text = acted(act, { ids: ["a", "b", "c"] });
  expect(await text.done).toBe(1);
  expect(text.said).toEqual({
    out: "a  done\nc  done\n",
    notes: "b: not_found: There is no such run\n",
  });
  const json = acted(act, { ids: ["b"], isJson: true });
  expect(await json.done).toBe(1);
  expect(json.said).toEqual({
    out: '{"run_id":"b","error":{"code":"not_found","detail":"There is no such run"}}\n',
    notes: "",
  });
});

it("says where the server points to in what it refused", async () => {
  const errors = [{ pointer: "/from_step", message: "is no step of the run" }];
  const act = () =>
    Promise.reject(
      new LlamaAgentError("invalid_request", { status: 422, detail: "wrong shape", errors }),
    );
  const text = acted(act, { ids: ["a"] });
  expect(await text.done).toBe(1);
  expect(text.said).toEqual({
    out: "",
    notes: "a: invalid_request: wrong shape\n  /from_step: is no step of the run\n",
  });
  const json = acted(act, { ids: ["a"], isJson: true });
  expect(await json.done).toBe(1);
  expect(JSON.parse(json.said.out)).toEqual({
    run_id: "a",
    error: { code: "invalid_request", detail: "wrong shape", errors },
  });
});

it.each([401, 500, 503])("goes no further after a %i", async (status) => {
  const { said, done: exitCode } = acted(() => refused(status), { ids: ["a", "b"] });
  await expect(exitCode).rejects.toMatchObject({ status });
  expect(said).toEqual({ out: "", notes: "" });
});
