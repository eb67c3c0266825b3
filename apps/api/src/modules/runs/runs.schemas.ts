import {
  GivenId,
  JsonValue,
  Message,
  Run,
  RunState,
  RunStatus,
  RunStep,
  StopReason,
  Thread,
} from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { IdCursor, PageLimit } from "../../schemas/page-query.ts";
import { StreamModes } from "./stream-mode.ts";

export const RunParams = z.strictObject({
  run_id: GivenId.meta({ examples: [exampleOf(Run).run_id] }),
});

export const RunWaitResponse = z
  .object({
    run: Run,
    values: z
      .record(z.string(), JsonValue)
      .describe("The output where it is an object, else `{ output }`; empty without an output"),
    messages: z.array(Message).describe("The run's input and what it produced"),
  })
  .meta({
    id: "RunWaitResponse",
    examples: [
      {
        run: exampleOf(Run),
        values: { output: exampleOf(Run).output },
        messages: exampleOf(Thread).messages,
      },
    ],
  });
export type RunWaitResponse = z.infer<typeof RunWaitResponse>;

export const RunStepList = z
  .object({ items: z.array(RunStep) })
  .meta({ id: "RunStepList", examples: [{ items: [exampleOf(RunStep)] }] });

export const RunPageQuery = z.strictObject({
  status: RunStatus.optional(),
  state: RunState.optional(),
  stop_reason: StopReason.optional(),
  limit: PageLimit,
  cursor: IdCursor,
});

export const RunPage = z
  .object({ items: z.array(Run), next_cursor: z.string().optional() })
  .meta({ id: "RunPage", examples: [{ items: [exampleOf(Run)] }] });

export const CancelQuery = z.strictObject({
  wait: z.enum(["true", "false"]).default("false").describe("Answer when the run has ended"),
  action: z
    .enum(["interrupt", "rollback"])
    .default("interrupt")
    .describe("`rollback` also removes the run; its thread is as if it had never been"),
});

const stepKey = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[\x20-\x7e]+$/, "is no key of a step");

export const RunRetry = z
  .strictObject({
    from_step: stepKey
      .optional()
      .describe(
        "This step, and all that began after it, is done again, also what had taken effect; left out: only what had not been finished",
      ),
  })
  .meta({ id: "RunRetry", examples: [{ from_step: "model/2" }] });

export const RunResume = z
  .discriminatedUnion("outcome", [
    z.strictObject({
      outcome: z.literal("done"),
      step_key: stepKey,
      output: JsonValue.optional().describe("What the tool answered; the model is told this"),
    }),
    z.strictObject({ outcome: z.literal("not_done"), step_key: stepKey }),
    z.strictObject({ outcome: z.literal("abort"), step_key: stepKey }),
  ])
  .meta({
    id: "RunResume",
    description:
      "What is known of a step whose outcome was unknown: it took effect, it did not, or the run ends",
    examples: [{ step_key: "model/0/tools/0", outcome: "done", output: { sent: true } }],
  });

export const StreamQuery = z.strictObject({
  after: z
    .string()
    .optional()
    .describe(
      "Only events after this id, `<epoch>-<seq>` or `<epoch>-<seq>.<n>`; `Last-Event-ID` wins where both are given",
    ),
  stream_mode: StreamModes.optional().describe(
    "What is sent; several are given by repeating the parameter; default `events`",
  ),
});
export const StreamHeaders = z.looseObject({
  "last-event-id": z.string().optional().describe("Only events after this id, as for `after`"),
});
