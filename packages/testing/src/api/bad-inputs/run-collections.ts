import { type BadInput, invalid, json, post, unknownId } from "./bad-input.ts";

const bad = (name: string, path: string, body: unknown, pointer?: string): BadInput => ({
  name,
  ...post(path, body),
  ...invalid,
  ...(pointer === undefined ? {} : { pointer }),
});

export const badRunCollections: BadInput[] = [
  bad("a batch that is no list", "/runs/batch", { agent_id: "taken" }),
  bad("an empty batch", "/runs/batch", []),
  bad("a batch of 101", "/runs/batch", Array(101).fill({ agent_id: "taken" })),
  {
    ...bad("a batch's key of 251 characters", "/runs/batch", [{ agent_id: "taken" }]),
    headers: { ...json, "idempotency-key": "k".repeat(251) },
    pointer: "/headers/idempotency-key",
  },
  {
    ...bad("a fork's key of 256 characters", `/runs/${unknownId}/fork`, {}),
    headers: { ...json, "idempotency-key": "k".repeat(256) },
    pointer: "/headers/idempotency-key",
  },
  bad("a search by an unknown status of runs", "/runs/search", { status: "done" }, "/status"),
  bad("a search by an unknown state of runs", "/runs/search", { state: "paused" }, "/state"),
  bad(
    "a search by an unknown reason of runs",
    "/runs/search",
    { stop_reason: "asleep" },
    "/stop_reason",
  ),
  bad("a search for no runs", "/runs/search", { limit: 0 }, "/limit"),
  bad("a search from half a run on", "/runs/search", { offset: 0.5 }, "/offset"),
  bad("a search behind a cursor that is none", "/runs/search", { cursor: "x" }, "/cursor"),
  bad("a search with an unknown field", "/runs/search", { phase: "queued" }, "/phase"),
  bad(
    "a search by metadata with NUL",
    "/runs/search",
    { metadata: { a: "\u0000" } },
    "/metadata/a",
  ),
  bad("a cancellation of no runs", "/runs/cancel", { run_ids: [] }),
  bad("a cancellation of a run that is none", "/runs/cancel", { run_ids: ["17"] }),
  bad("a cancellation of nobody knows what", "/runs/cancel", {}),
  bad("a cancellation by a filter without fields", "/runs/cancel", { metadata: {}, limit: 2 }),
  bad("a cancellation of all and of some", "/runs/cancel", { all: true, status: "pending" }),
  bad("a cancellation of an unknown state", "/runs/cancel", { state: "paused" }, "/state"),
  bad("a cancellation of 101 runs", "/runs/cancel", { all: true, limit: 101 }),
  bad("a cancellation by ids and more", "/runs/cancel", {
    run_ids: ["01900000-0000-7000-8000-000000000000"],
    status: "pending",
  }),
];
