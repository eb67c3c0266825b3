import { type BadInput, invalid, json, post, unavailable, unknownId } from "./bad-input.ts";

const thread = `/threads/${unknownId}`;
const patch = (body: unknown) => ({
  method: "PATCH",
  path: thread,
  headers: json,
  body: JSON.stringify(body),
});
const notFound = { status: 404, code: "not_found" } as const;

export const badThreads: BadInput[] = [
  { name: "a change of nobody", ...patch({ metadata: {} }), ...notFound },
  {
    name: "a change with an unknown field",
    ...patch({ status: "idle" }),
    ...invalid,
    pointer: "/status",
  },
  {
    name: "values with NUL",
    ...patch({ values: { a: "\u0000" } }),
    ...invalid,
    pointer: "/values/a",
  },
  {
    name: "values of numbers that take 50 times their place",
    ...patch({ values: { n: Array(7000).fill(1e300) } }),
    ...invalid,
    pointer: "/values",
  },
  {
    name: "a thread with metadata of numbers that take 50 times their place",
    ...post("/threads", { metadata: { n: Array(7000).fill(1e300) } }),
    ...invalid,
    pointer: "/metadata",
  },
  {
    name: "a message of an unknown role in a thread",
    ...patch({ messages: [{ role: "robot", content: "a" }] }),
    ...invalid,
    pointer: "/messages/0/role",
  },
  {
    name: "an image in a thread",
    ...patch({ messages: [{ role: "user", content: [{ type: "image" }] }] }),
    ...unavailable,
    pointer: "/messages/0/content/0",
  },
  {
    name: "a search by an unknown status",
    ...post("/threads/search", { status: "sleeping" }),
    ...invalid,
    pointer: "/status",
  },
  {
    name: "a search for a negative number of threads",
    ...post("/threads/search", { limit: -1 }),
    ...invalid,
    pointer: "/limit",
  },
  {
    name: "a search by metadata with a lone surrogate",
    ...post("/threads/search", { metadata: { a: "\ud800" } }),
    ...invalid,
    pointer: "/metadata/a",
  },
  { name: "the history of nobody", path: `${thread}/history`, ...notFound },
  {
    name: "a history of too many",
    path: `${thread}/history?limit=101`,
    ...invalid,
    pointer: "/query/limit",
  },
  {
    name: "a history before nothing",
    path: `${thread}/history?before=x`,
    ...invalid,
    pointer: "/query/before",
  },
  { name: "the state of nobody", path: `${thread}/state`, ...notFound },
  {
    name: "a state at nothing",
    path: `${thread}/state?checkpoint_id=x`,
    ...invalid,
    pointer: "/query/checkpoint_id",
  },
  { name: "a copy of nobody", method: "POST", path: `${thread}/copy`, ...notFound },
  { name: "a thread's delete of nobody", method: "DELETE", path: thread, ...notFound },
];
