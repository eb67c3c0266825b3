import { expect } from "vitest";
import type { Call, OperationCalls } from "../call.ts";
import { admissionCalls, streamModeCalls } from "./admissions.ts";

/** Of an operation on one run. */
const unknownAndMalformed: Call[] = [
  {
    name: "an unknown run",
    status: 404,
    request: ({ unknownId }) => ({ path: { run_id: unknownId() } }),
  },
  { name: "an id that is none", status: 422, request: () => ({ path: { run_id: "first" } }) },
];
const succeeded = { status: "success", stop_reason: "completed", output: "Hello" };
const ended: Call = {
  name: "one that has ended",
  status: 200,
  request: async ({ run }) => {
    const id = await run();
    return {
      path: { run_id: id },
      answer: expect.objectContaining({ run_id: id, ...succeeded }),
    };
  },
};
const waited = (run: object) =>
  expect.objectContaining({
    run: expect.objectContaining({ ...succeeded, ...run }),
    messages: expect.arrayContaining([
      expect.objectContaining({ role: "assistant", content: "Hello" }),
    ]),
  });
const anyText = expect.any(String);

export const runCalls: OperationCalls = {
  create_run: [
    ...admissionCalls((run) => expect.objectContaining({ status: "pending", ...run })),
    ...streamModeCalls(expect.objectContaining({ status: "pending" })),
  ],
  create_and_wait_run: admissionCalls(waited),
  create_and_stream_run: [
    ...admissionCalls(() => anyText).map((call) => withTextAnswer(call)),
    ...streamModeCalls(anyText),
  ],
  get_run: [
    ended,
    {
      name: "one that is at work",
      status: 200,
      request: async ({ slowRun }) => {
        const id = await slowRun();
        return {
          path: { run_id: id },
          answer: expect.objectContaining({ run_id: id, status: "pending" }),
        };
      },
    },
    {
      name: "one that was cancelled",
      status: 200,
      request: async ({ slowRun, ask }) => {
        const id = await slowRun();
        await ask("POST", `/runs/${id}/cancel?wait=true`);
        return {
          path: { run_id: id },
          answer: expect.objectContaining({ run_id: id, status: "interrupted" }),
        };
      },
    },
    ...unknownAndMalformed,
  ],
  wait_run: [
    {
      ...ended,
      request: async ({ run }) => {
        const id = await run();
        return { path: { run_id: id }, answer: waited({ run_id: id }) };
      },
    },
    ...unknownAndMalformed,
  ],
  stream_run: [
    {
      ...ended,
      request: async ({ run }) => ({ path: { run_id: await run() }, answer: anyText }),
    },
    ...unknownAndMalformed,
  ],
  cancel_run: [
    {
      name: "one that has ended",
      status: 204,
      request: async ({ run }) => ({ path: { run_id: await run() } }),
    },
    {
      name: "one at work, waiting for its end",
      status: 204,
      request: async ({ slowRun }) => ({
        path: { run_id: await slowRun() },
        query: { wait: true, action: "interrupt" },
      }),
    },
    {
      name: "one at work, rolled back",
      status: 204,
      request: async ({ slowRun }) => ({
        path: { run_id: await slowRun() },
        query: { action: "rollback" },
      }),
    },
    ...unknownAndMalformed,
    {
      name: "an action that is none",
      status: 422,
      request: async ({ run }) => ({ path: { run_id: await run() }, query: { action: "pause" } }),
    },
  ],
  delete_run: [
    {
      name: "one that has ended",
      status: 204,
      request: async ({ run }) => ({ path: { run_id: await run() } }),
    },
    {
      name: "one at work",
      status: 204,
      request: async ({ slowRun }) => ({ path: { run_id: await slowRun() } }),
    },
    {
      name: "one that was deleted",
      status: 404,
      request: async ({ run, ask }) => {
        const id = await run();
        await ask("DELETE", `/runs/${id}`);
        return { path: { run_id: id } };
      },
    },
    ...unknownAndMalformed,
  ],
  search_runs: [
    {
      name: "by metadata, status and agent",
      status: 200,
      request: async ({ run, agentId, marker }) => {
        const metadata = { of: marker() };
        const id = await run({ metadata: { ...metadata, more: true } });
        return {
          body: { metadata, status: "success", agent_id: agentId },
          answer: [expect.objectContaining({ run_id: id, ...succeeded })],
        };
      },
    },
    {
      name: "by thread",
      status: 200,
      request: async ({ run, thread }) => {
        const threadId = await thread();
        const id = await run({ thread_id: threadId });
        return {
          body: { thread_id: threadId },
          answer: [expect.objectContaining({ run_id: id, thread_id: threadId })],
        };
      },
    },
    {
      name: "one and then the next",
      status: 200,
      request: async ({ run, ask, marker }) => {
        const metadata = { of: marker() };
        const ids = [await run({ metadata }), await run({ metadata })];
        const first = await ask("POST", "/runs/search", { metadata, limit: 1 });
        const other = ids.find((id) => !JSON.stringify(first)?.includes(id));
        return {
          body: { metadata, limit: 1, offset: 1 },
          answer: [expect.objectContaining({ run_id: other })],
        };
      },
    },
    {
      name: "of a thread and an agent that are not there",
      status: 200,
      request: ({ unknownId }) => ({
        body: { thread_id: unknownId(), agent_id: unknownId() },
        answer: [],
      }),
    },
    { name: "too many", status: 422, request: () => ({ body: { limit: 1001 } }) },
    { name: "a status that is none", status: 422, request: () => ({ body: { status: "tired" } }) },
  ],
};

/** A stream is its text, whatever its run's fields are. An error is an error. */
function withTextAnswer(call: Call): Call {
  if (call.status !== 200) return call;
  return {
    ...call,
    request: async (given) => ({ ...(await call.request(given)), answer: anyText }),
  };
}
