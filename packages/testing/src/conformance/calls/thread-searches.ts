import { expect } from "vitest";
import type { OperationCalls } from "../call.ts";

export const threadSearchCalls: OperationCalls = {
  search_threads: [
    {
      name: "by metadata and status",
      status: 200,
      request: async ({ thread, marker }) => {
        const metadata = { of: marker() };
        const id = await thread({ metadata: { ...metadata, more: true } });
        return {
          body: { metadata, status: "idle" },
          answer: [expect.objectContaining({ thread_id: id })],
        };
      },
    },
    {
      name: "by values",
      status: 200,
      request: async ({ thread, ask, marker }) => {
        const values = { of: marker() };
        const id = await thread();
        await ask("PATCH", `/threads/${id}`, { values });
        return { body: { values }, answer: [expect.objectContaining({ thread_id: id })] };
      },
    },
    {
      name: "one and then the next",
      status: 200,
      request: async ({ thread, ask, marker }) => {
        const search = { metadata: { of: marker() }, limit: 1 };
        const ids = [
          await thread({ metadata: search.metadata }),
          await thread({ metadata: search.metadata }),
        ];
        const first = await ask("POST", "/threads/search", search);
        const other = ids.find((id) => !JSON.stringify(first)?.includes(id));
        return {
          body: { ...search, offset: 1 },
          answer: [expect.objectContaining({ thread_id: other })],
        };
      },
    },
    {
      name: "what is not there",
      status: 200,
      request: async ({ thread, marker }) => {
        const metadata = { of: marker() };
        await thread({ metadata });
        return { body: { metadata, status: "error" }, answer: [] };
      },
    },
    { name: "too many", status: 422, request: () => ({ body: { limit: 1001 } }) },
    { name: "a status that is none", status: 422, request: () => ({ body: { status: "tired" } }) },
  ],
};
