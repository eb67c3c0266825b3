import { expect } from "vitest";
import type { Call } from "../call.ts";

/** Of the three operations that start a run. `answer` makes what its answer must equal, of the run's fields. */
export function admissionCalls(answer: (run: object) => unknown): Call[] {
  const pending = (run: object) => answer({ metadata: {}, ...run });
  return [
    {
      name: "with text",
      status: 200,
      request: ({ agentId }) => ({
        body: { agent_id: agentId, input: "hello", metadata: { ticket: 17 } },
        answer: pending({ agent_id: agentId, input: "hello", metadata: { ticket: 17 } }),
      }),
    },
    ...[{ city: "Bern" }, ["Bern"], 17, true].map((input): Call => ({
      name: `with ${JSON.stringify(input)}`,
      status: 200,
      request: ({ agentId }) => ({
        body: { agent_id: agentId, input },
        answer: pending({ input }),
      }),
    })),
    {
      name: "with null, and messages",
      status: 200,
      request: ({ agentId }) => {
        const messages = [
          { role: "user", content: "hello" },
          { role: "user", content: [{ type: "text", text: "hello" }] },
        ];
        return {
          body: { agent_id: agentId, input: null, messages },
          answer: pending({ messages }),
        };
      },
    },
    {
      name: "on a thread",
      status: 200,
      request: async ({ agentId, thread }) => {
        const fields = { agent_id: agentId, thread_id: await thread(), input: "hello" };
        return { body: fields, answer: pending(fields) };
      },
    },
    {
      name: "with the fields that the reference requires, and the server sets",
      status: 200,
      request: ({ agentId, unknownId }) => {
        const id = unknownId();
        const now = new Date().toISOString();
        const set = { run_id: id, created_at: now, updated_at: now, status: "pending" };
        return {
          body: { agent_id: agentId, input: "hello", metadata: {}, ...set },
          answer: pending({ run_id: expect.not.stringContaining(id) }),
        };
      },
    },
    {
      name: "with the defaults that a generated client sends",
      status: 200,
      request: ({ agentId }) => ({
        body: {
          agent_id: agentId,
          input: "hello",
          on_disconnect: "cancel",
          if_not_exists: "reject",
        },
        answer: pending({}),
      }),
    },
    {
      name: "on a thread that is to be made",
      status: 200,
      request: ({ agentId, unknownId }) => {
        const fields = { agent_id: agentId, thread_id: unknownId(), input: "hello" };
        return { body: { ...fields, if_not_exists: "create" }, answer: pending(fields) };
      },
    },
    ...["keep", "delete"].map((completion): Call => ({
      name: `with on_completion: ${completion}`,
      status: 200,
      request: async ({ agentId, thread }) => {
        const fields = { agent_id: agentId, thread_id: await thread(), input: "hello" };
        return { body: { ...fields, on_completion: completion }, answer: pending(fields) };
      },
    })),
    {
      name: "with a webhook",
      status: 200,
      request: ({ agentId }) => ({
        // Nobody has a name under `.invalid` (RFC 2606): nothing is sent.
        body: { agent_id: agentId, input: "hello", webhook: "https://receiver.invalid/runs" },
        answer: pending({}),
      }),
    },
    {
      name: "with an unknown agent",
      status: 404,
      request: ({ unknownId }) => ({ body: { agent_id: unknownId(), input: "hello" } }),
    },
    {
      name: "on an unknown thread",
      status: 404,
      request: ({ agentId, unknownId }) => ({
        body: { agent_id: agentId, thread_id: unknownId(), input: "hello" },
      }),
    },
    {
      name: "on a busy thread, and reject",
      status: 409,
      request: async ({ agentId, thread, slowRun }) => {
        const fields = { thread_id: await thread(), input: "hello" };
        await slowRun(fields);
        return { body: { ...fields, agent_id: agentId, multitask_strategy: "reject" } };
      },
    },
    {
      name: "with metadata that is no object",
      status: 422,
      request: ({ agentId }) => ({ body: { agent_id: agentId, metadata: "a" } }),
    },
    {
      name: "with a config, which has no meaning here",
      status: 422,
      request: ({ agentId }) => ({
        body: { agent_id: agentId, config: { recursion_limit: 3 } },
        answer: expect.objectContaining({ code: "not_available" }),
      }),
    },
  ];
}

/** Of the two whose body holds `stream_mode`. */
export function streamModeCalls(answer: unknown): Call[] {
  const modes = ["values", "messages", "updates", "custom", ["values", "messages"]];
  return modes.map((mode): Call => ({
    name: `with stream_mode: ${[mode].flat().join(", ")}`,
    status: 200,
    request: ({ agentId }) => ({
      body: { agent_id: agentId, input: "hello", stream_mode: mode },
      answer,
    }),
  }));
}
