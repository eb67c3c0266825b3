import { hash } from "node:crypto";
import { AppError, canonicalJson } from "@llamaagent/core";
import type { Envelope } from "@llamaagent/protection";
import type { AdmitRun, Idempotency } from "@llamaagent/runs";
import { type FetchAllowance, fetchedUrlFault } from "@llamaagent/tools/manifest";
import { refuseUnavailable } from "../../schemas/not-available.ts";
import type { AdmissionHeaders, RunCreate } from "./run-create.schemas.ts";
import { mediaParts, storedMessages } from "./run-messages.ts";

/**
 * What a request asks to be admitted; without `headers` what is stored to be run later, by no request. Errors: `not_available` naming every field whose feature is not built,
 * `invalid_request` for what does not go together.
 */
export type ReadAdmission = (body: RunCreate, headers?: AdmissionHeaders) => AdmitRun;

/** `allowance`: where webhooks may be sent to besides the public internet; `envelope`: for what they are signed with. */
export const createAdmission =
  (allowance: FetchAllowance, envelope: Pick<Envelope, "version">): ReadAdmission =>
  (body, headers) => {
    const asked = { ...admission(body, headers), ...webhookOf(body, allowance) };
    // Said now: nobody would be told later that nothing is sent.
    if (asked.webhook !== undefined && envelope.version === undefined) throw noMasterKey();
    return asked;
  };

const noMasterKey = (): AppError =>
  new AppError("not_available", {
    detail:
      "A webhook is signed with a secret, which this server cannot store: LLAMAAGENT_MASTER_KEYS is not set",
    errors: [{ pointer: "/webhook", message: "is not available on this server" }],
  });

function admission(body: RunCreate, headers?: AdmissionHeaders): AdmitRun {
  refuseUnavailable({
    ...asked(body, ["workflow_id"]),
    "/config/tags": body.config?.tags !== undefined,
    "/config/recursion_limit": body.config?.recursion_limit !== undefined,
    "/config/configurable": body.config?.configurable !== undefined,
    ...mediaParts(body.messages ?? []),
  });
  const { agent_id, thread_id, input, messages, metadata } = body;
  const {
    multitask_strategy,
    if_not_exists,
    after_seconds,
    checkpoint,
    on_completion,
    priority,
    webhook,
    webhook_events,
  } = body;
  const afterSeconds = after_seconds === 0 ? undefined : after_seconds;
  const strategy = multitask_strategy ?? "enqueue";
  if (checkpoint !== undefined && thread_id === undefined)
    throw new AppError("invalid_request", {
      errors: [{ pointer: "/checkpoint", message: "is one of a thread: it needs a thread_id" }],
    });
  if (afterSeconds !== undefined && thread_id !== undefined && strategy !== "enqueue")
    throw new AppError("invalid_request", {
      detail: "A run that starts later waits for its thread's turn then",
      errors: [
        {
          pointer: "/after_seconds",
          message: `goes together with 'enqueue', not with '${strategy}'`,
        },
      ],
    });
  return {
    ...(agent_id === undefined ? {} : { agent: agent_id }),
    ...(thread_id === undefined ? {} : { threadId: thread_id }),
    ...(input === undefined || input === null ? {} : { input }),
    ...(messages === undefined ? {} : { messages: storedMessages(messages) }),
    metadata,
    ...(multitask_strategy === undefined ? {} : { multitaskStrategy: multitask_strategy }),
    ...(if_not_exists === undefined ? {} : { ifNotExists: if_not_exists }),
    ...(afterSeconds === undefined ? {} : { afterSeconds }),
    ...(checkpoint === undefined ? {} : { checkpointId: checkpoint.checkpoint_id }),
    ...(on_completion === undefined ? {} : { onCompletion: on_completion }),
    ...(priority === undefined || priority === 0 ? {} : { urgency: priority }),
    ...(headers &&
      knownAgainBy(headers, {
        agent_id,
        thread_id,
        input,
        messages,
        metadata,
        multitask_strategy,
        if_not_exists,
        after_seconds: afterSeconds,
        checkpoint,
        on_completion,
        priority,
        webhook,
        webhook_events,
      })),
  };
}

const ENDS = ["run.completed", "run.failed", "run.cancelled"] as const;

function webhookOf(
  { webhook: url, webhook_events: events }: RunCreate,
  allowance: FetchAllowance,
): Pick<AdmitRun, "webhook"> {
  if (url === undefined) {
    if (events === undefined) return {};
    throw invalid("/webhook_events", "are told to a webhook, which is not given");
  }
  const fault = fetchedUrlFault(url, allowance);
  if (fault !== undefined) throw invalid("/webhook", fault);
  return { webhook: { url, events: [...new Set(events ?? ENDS)] } };
}

const invalid = (pointer: string, message: string): AppError =>
  new AppError("invalid_request", { errors: [{ pointer, message }] });

/**
 * `body`: all that makes the run. One key, or one body that is sent again, joins the same run on /runs,
 * /runs/wait and /runs/stream. Whoever sends a key may write the body anew; an SDK repeats what it sent.
 */
export function knownAgainBy(
  headers: AdmissionHeaders,
  body: object,
): Pick<AdmitRun, "idempotency" | "bodyHash" | "isRepeat"> {
  const key = headers["idempotency-key"];
  if (key !== undefined) return { idempotency: idempotencyOf(key, body) };
  return {
    bodyHash: hash("sha256", JSON.stringify(body), "base64"),
    ...(isRepeat(headers) ? { isRepeat: true } : {}),
  };
}

export const idempotencyOf = (key: string, body: unknown): Idempotency => ({
  key,
  bodyHash: hash("sha256", canonicalJson(body), "hex"),
});

/** Whether the client sends it again because an answer was lost: so says OpenAI's SDK, and others that are generated as it is. */
export const isRepeat = (headers: Omit<AdmissionHeaders, "idempotency-key">): boolean =>
  [headers["x-stainless-retry-count"], headers["retry-attempt"]].some((count) => Number(count) > 0);

function asked(body: RunCreate, fields: (keyof RunCreate)[]): Record<string, boolean> {
  return Object.fromEntries(fields.map((field) => [`/${field}`, body[field] !== undefined]));
}
