import { expect } from "vitest";
import type { OperationCalls } from "../call.ts";
import { unknownOrMalformedThread } from "./on-one-thread.ts";

/** Of what a thread was, and is made into. */
export const checkpointCalls: OperationCalls = {
  patch_thread: [
    {
      name: "its metadata, merged",
      status: 200,
      request: async ({ thread }) => ({
        path: { thread_id: await thread({ metadata: { kept: 1, changed: 1 } }) },
        body: { metadata: { changed: 2, added: 2 } },
        answer: expect.objectContaining({ metadata: { kept: 1, changed: 2, added: 2 } }),
      }),
    },
    {
      name: "its values, merged",
      status: 200,
      request: async ({ thread, ask }) => {
        const id = await thread();
        await ask("PATCH", `/threads/${id}`, { values: { kept: 1, changed: 1 } });
        return {
          path: { thread_id: id },
          body: { values: { changed: 2 } },
          answer: expect.objectContaining({
            values: expect.objectContaining({ kept: 1, changed: 2 }),
          }),
        };
      },
    },
    {
      name: "its messages",
      status: 200,
      request: async ({ thread }) => ({
        path: { thread_id: await thread() },
        body: { messages: [{ role: "user", content: "remember this" }] },
        answer: expect.objectContaining({
          messages: [expect.objectContaining({ role: "user", content: "remember this" })],
        }),
      }),
    },
    {
      name: "a branch at an earlier checkpoint",
      status: 200,
      request: async ({ thread, run, ask }) => {
        const id = await thread();
        await run({ thread_id: id, input: "first" });
        const first = newestCheckpoint(await ask("GET", `/threads/${id}/history?limit=1`));
        await run({ thread_id: id, input: "second" });
        return {
          path: { thread_id: id },
          body: {
            checkpoint: { checkpoint_id: first },
            messages: [{ role: "user", content: "instead" }],
          },
          answer: expect.objectContaining({
            messages: ["first", "Hello", "instead"].map((content) =>
              expect.objectContaining({ content }),
            ),
          }),
        };
      },
    },
    ...unknownOrMalformedThread({ metadata: {} }),
    {
      name: "metadata that is no object",
      status: 422,
      request: async ({ thread }) => ({
        path: { thread_id: await thread() },
        body: { metadata: "a" },
      }),
    },
  ],
  get_thread_history: [
    {
      name: "of one turn",
      status: 200,
      request: async ({ usedThread }) => ({
        path: { thread_id: await usedThread() },
        answer: expect.arrayContaining([
          expect.objectContaining({
            messages: ["hello", "Hello"].map((content) => expect.objectContaining({ content })),
          }),
        ]),
      }),
    },
    {
      name: "the newest",
      status: 200,
      request: async ({ thread, run }) => {
        const id = await thread();
        for (const input of ["first", "second"]) await run({ thread_id: id, input });
        return {
          path: { thread_id: id },
          query: { limit: 1 },
          answer: [
            expect.objectContaining({
              messages: ["first", "Hello", "second", "Hello"].map((content) =>
                expect.objectContaining({ content }),
              ),
            }),
          ],
        };
      },
    },
    {
      name: "before the newest",
      status: 200,
      request: async ({ thread, run, ask }) => {
        const id = await thread();
        for (const input of ["first", "second"]) await run({ thread_id: id, input });
        const newest = newestCheckpoint(await ask("GET", `/threads/${id}/history?limit=1`));
        return {
          path: { thread_id: id },
          query: { before: newest, limit: 1 },
          answer: [
            expect.objectContaining({
              checkpoint: expect.not.objectContaining({ checkpoint_id: newest }),
            }),
          ],
        };
      },
    },
    ...unknownOrMalformedThread(),
    {
      name: "a limit that is no number",
      status: 422,
      request: async ({ thread }) => ({
        path: { thread_id: await thread() },
        query: { limit: "many" },
      }),
    },
  ],
};

/** A made-up id where the answer is no history. */
function newestCheckpoint(history: unknown): string {
  const states = Array.isArray(history) ? (history as { checkpoint: object }[]) : [];
  const checkpoint = { checkpoint_id: crypto.randomUUID(), ...states[0]?.checkpoint };
  return checkpoint.checkpoint_id;
}
