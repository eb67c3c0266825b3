import { AppError, Problem, Run, toProblem } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { RunCreateHeaders } from "./run-create.schemas.ts";

const RUNS_MAX = 100;

/** Each is parsed on its own: one with the wrong shape must not refuse the others. */
export const RunBatch = z
  .array(z.unknown())
  .min(1)
  .max(RUNS_MAX)
  .meta({
    id: "RunBatch",
    description: "Each as the body of `POST /runs` (`RunCreate`)",
    examples: [
      [
        { agent_id: "reader", input: "one" },
        { agent_id: "reader", input: "two" },
      ],
    ],
  });

const refusal = new AppError("not_found", {
  detail: "There is no such agent",
  errors: [{ pointer: "/agent_id", message: "no such agent" }],
});
export const RunBatchCreated = z
  .object({
    items: z
      .array(z.union([z.object({ run: Run }), z.object({ error: Problem })]))
      .describe("In the order of the request"),
  })
  .meta({
    id: "RunBatchCreated",
    examples: [{ items: [{ run: exampleOf(Run) }, { error: toProblem(refusal) }] }],
  });
export type RunBatchCreated = z.infer<typeof RunBatchCreated>;

/** Loose: what is parsed replaces the request's headers. */
export const RunBatchHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .min(1)
    .max(250)
    .optional()
    .describe("Of the whole batch: a repeat within 24 h answers with the runs that the first made"),
  "x-stainless-retry-count": RunCreateHeaders.shape["x-stainless-retry-count"],
  "retry-attempt": RunCreateHeaders.shape["retry-attempt"],
});
