import { expect } from "vitest";
import type { OperationCalls } from "../call.ts";
import { unknownOrMalformedThread } from "./on-one-thread.ts";

export const threadCalls: OperationCalls = {
  create_thread: [
    {
      name: "with nothing",
      status: 200,
      request: () => ({ body: {}, answer: expect.objectContaining({ status: "idle" }) }),
    },
    {
      name: "with an id and metadata",
      status: 200,
      request: ({ unknownId }) => {
        const fields = { thread_id: unknownId(), metadata: { topic: "caching" } };
        return {
          body: { ...fields, if_exists: "raise" },
          answer: expect.objectContaining(fields),
        };
      },
    },
    {
      name: "that is there and may be",
      status: 200,
      request: async ({ thread }) => {
        const fields = { thread_id: await thread() };
        return {
          body: { ...fields, if_exists: "do_nothing" },
          answer: expect.objectContaining(fields),
        };
      },
    },
    {
      name: "that is there",
      status: 409,
      request: async ({ thread }) => ({ body: { thread_id: await thread() } }),
    },
    { name: "an id that is none", status: 422, request: () => ({ body: { thread_id: "first" } }) },
  ],
  get_thread: [
    {
      name: "with a turn",
      status: 200,
      request: async ({ usedThread }) => {
        const id = await usedThread();
        return {
          path: { thread_id: id },
          answer: expect.objectContaining({
            thread_id: id,
            messages: [
              expect.objectContaining({ role: "user", content: "hello" }),
              expect.objectContaining({ role: "assistant", content: "Hello" }),
            ],
          }),
        };
      },
    },
    ...unknownOrMalformedThread(),
  ],
  delete_thread: [
    {
      name: "with a turn",
      status: 204,
      request: async ({ usedThread }) => ({ path: { thread_id: await usedThread() } }),
    },
    {
      name: "with a run at work",
      status: 204,
      request: async ({ thread, slowRun }) => {
        const id = await thread();
        await slowRun({ thread_id: id });
        return { path: { thread_id: id } };
      },
    },
    {
      name: "one that was deleted",
      status: 404,
      request: async ({ thread, ask }) => {
        const id = await thread();
        await ask("DELETE", `/threads/${id}`);
        return { path: { thread_id: id } };
      },
    },
    ...unknownOrMalformedThread(),
  ],
  copy_thread: [
    {
      name: "with a turn",
      status: 200,
      request: async ({ usedThread, marker }) => {
        const metadata = { of: marker() };
        const id = await usedThread({ metadata });
        return {
          path: { thread_id: id },
          answer: expect.objectContaining({
            thread_id: expect.not.stringContaining(id),
            metadata: expect.objectContaining(metadata),
            messages: ["hello", "Hello"].map((content) => expect.objectContaining({ content })),
          }),
        };
      },
    },
    ...unknownOrMalformedThread(),
  ],
};
