import type { Call } from "../call.ts";

/** Of an operation on one thread. */
export const unknownOrMalformedThread = (body?: object): Call[] => [
  {
    name: "an unknown thread",
    status: 404,
    request: ({ unknownId }) => ({ path: { thread_id: unknownId() }, body }),
  },
  {
    name: "an id that is none",
    status: 422,
    request: () => ({ path: { thread_id: "first" }, body }),
  },
];
