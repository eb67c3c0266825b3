import { JsonValue, Message, Run, RunStep } from "@llamaagent/core";
import { z } from "zod";

export const RunParams = z.strictObject({ run_id: z.guid() });

export const RunWaitResponse = z
  .object({
    run: Run,
    values: z
      .record(z.string(), JsonValue)
      .describe("The output where it is an object, else `{ output }`; empty without an output"),
    messages: z.array(Message).describe("The run's input and what it produced"),
  })
  .meta({ id: "RunWaitResponse" });
export type RunWaitResponse = z.infer<typeof RunWaitResponse>;

export const RunStepList = z.object({ items: z.array(RunStep) }).meta({ id: "RunStepList" });

export const CancelQuery = z.strictObject({
  wait: z.enum(["true", "false"]).default("false").describe("Answer when the run has ended"),
  action: z
    .enum(["interrupt", "rollback"])
    .default("interrupt")
    .describe("`rollback` is not available yet"),
});

const stepKey = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[\x20-\x7e]+$/, "is no key of a step");

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
      "Only events after this id, `<epoch>-<seq>`; `Last-Event-ID` wins where both are given",
    ),
});
export const StreamHeaders = z.looseObject({
  "last-event-id": z.string().optional().describe("Only events after this id, `<epoch>-<seq>`"),
});
