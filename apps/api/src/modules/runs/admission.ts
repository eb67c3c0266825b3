import { createHash } from "node:crypto";
import { canonicalJson, type Message } from "@llamaagent/core";
import type { AdmitRun } from "@llamaagent/runs";
import { refuseUnavailable } from "../../schemas/not-available.ts";
import type { RunCreate } from "./run-create.schemas.ts";

/** What to admit. Error: `not_available` naming every field whose feature is not built. */
export function admission(body: RunCreate, idempotencyKey: string | undefined): AdmitRun {
  refuseUnavailable({
    ...asked(body, [
      "workflow_id",
      "webhook",
      "on_completion",
      "if_not_exists",
      "after_seconds",
      "priority",
    ]),
    "/multitask_strategy": (body.multitask_strategy ?? "enqueue") !== "enqueue",
    "/on_disconnect": body.on_disconnect === "cancel",
    "/stream_mode": [body.stream_mode ?? "events"].flat().some((mode) => mode !== "events"),
    "/config/tags": body.config?.tags !== undefined,
    "/config/recursion_limit": body.config?.recursion_limit !== undefined,
    "/config/configurable": body.config?.configurable !== undefined,
    ...mediaParts(body.messages ?? []),
  });
  const { agent_id, thread_id, input, messages, metadata } = body;
  return {
    ...(agent_id === undefined ? {} : { agent: agent_id }),
    ...(thread_id === undefined ? {} : { threadId: thread_id }),
    ...(input === undefined || input === null ? {} : { input }),
    // Media parts were refused above: what is left are a stored message's parts.
    ...(messages === undefined ? {} : { messages: messages as Message[] }),
    metadata,
    ...(idempotencyKey === undefined
      ? {}
      : {
          idempotency: {
            key: idempotencyKey,
            bodyHash: bodyHash({ agent_id, thread_id, input, messages, metadata }),
          },
        }),
  };
}

/** Of what makes the run: one key joins the same run on /runs, /runs/wait and /runs/stream. */
function bodyHash(body: object): string {
  return createHash("sha256").update(canonicalJson(body)).digest("hex");
}

function asked(body: RunCreate, fields: (keyof RunCreate)[]): Record<string, boolean> {
  return Object.fromEntries(fields.map((field) => [`/${field}`, body[field] !== undefined]));
}

function mediaParts(messages: NonNullable<RunCreate["messages"]>): Record<string, boolean> {
  const parts = messages.flatMap(({ content }, m) =>
    typeof content === "string"
      ? []
      : content.map(({ type }, p) => [
          `/messages/${m}/content/${p}`,
          type !== "text" && type !== "json",
        ]),
  );
  return Object.fromEntries(parts) as Record<string, boolean>;
}
