import { type BadInput, invalid, post, unknownId } from "./bad-input.ts";

const notFound = { status: 404, code: "not_found" } as const;

export const badQueue: BadInput[] = [
  {
    name: "dead letters of an unknown reason",
    path: "/queue/dead?reason=cancelled",
    ...invalid,
    pointer: "/query/reason",
  },
  {
    name: "too many dead letters",
    path: "/queue/dead?limit=101",
    ...invalid,
    pointer: "/query/limit",
  },
  {
    name: "dead letters behind nothing",
    path: "/queue/dead?cursor=x",
    ...invalid,
    pointer: "/query/cursor",
  },
  { name: "a drop of nobody", method: "DELETE", path: `/queue/dead/${unknownId}`, ...notFound },
  {
    name: "a drop of an id that is none",
    method: "DELETE",
    path: "/queue/dead/17",
    ...invalid,
    pointer: "/path/run_id",
  },
  { name: "a retry with null", ...post(`/runs/${unknownId}/retry`, null), ...invalid, pointer: "" },
  { name: "a retry of nobody", ...post(`/runs/${unknownId}/retry`, {}), ...notFound },
  {
    name: "a retry with an unknown field",
    ...post(`/runs/${unknownId}/retry`, { agent_id: "taken" }),
    ...invalid,
    pointer: "/agent_id",
  },
  {
    name: "a retry from a step with NUL",
    ...post(`/runs/${unknownId}/retry`, { from_step: "a\u0000" }),
    ...invalid,
    pointer: "/from_step",
  },
  {
    name: "deliveries of an id that is none",
    path: "/webhooks/deliveries?run_id=x",
    ...invalid,
    pointer: "/query/run_id",
  },
  {
    name: "too many deliveries",
    path: "/webhooks/deliveries?limit=101",
    ...invalid,
    pointer: "/query/limit",
  },
  {
    name: "deliveries behind nothing",
    path: "/webhooks/deliveries?cursor=x",
    ...invalid,
    pointer: "/query/cursor",
  },
  {
    name: "a delivery of an id that is none sent again",
    method: "POST",
    path: "/webhooks/deliveries/17/resend",
    ...invalid,
    pointer: "/path/delivery_id",
  },
  {
    name: "a delivery of nobody sent again",
    method: "POST",
    path: `/webhooks/deliveries/${unknownId}/resend`,
    ...notFound,
  },
  {
    name: "a key that is given",
    ...post("/webhooks/keys", { secret: "mine" }),
    ...invalid,
    pointer: "/secret",
  },
  {
    name: "a thread's runs of an id that is none",
    path: "/threads/17/runs",
    ...invalid,
    pointer: "/path/thread_id",
  },
  { name: "a thread's unknown run", path: `/threads/${unknownId}/runs/${unknownId}`, ...notFound },
  {
    name: "a run of an unknown thread",
    ...post(`/threads/${unknownId}/runs`, { agent_id: "taken" }),
    ...notFound,
  },
];
