import { GivenId, Run, RunState, RunStatus, StopReason, Thread } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { Metadata } from "../../schemas/metadata.ts";
import { Offset } from "../../schemas/offset.ts";
import { AgentReference } from "../agents/agents.schemas.ts";

const filter = {
  metadata: Metadata.optional().describe("What a run's metadata contain"),
  status: RunStatus.optional(),
  state: RunState.optional().describe("`waiting`: for a person"),
  stop_reason: StopReason.optional(),
  thread_id: GivenId.optional(),
  agent_id: AgentReference.optional().describe("Id or name"),
};

export const RunSearch = z
  .strictObject({
    ...filter,
    limit: z.number().int().min(1).max(1000).default(10),
    offset: Offset,
    cursor: z
      .guid()
      .optional()
      .describe("From the header `x-next-cursor` of the page before; costs the same on every page"),
  })
  .meta({
    id: "RunSearch",
    examples: [{ metadata: { ticket: 17 }, status: "error", limit: 20 }, { state: "waiting" }],
  });

export const RunsCancel = z
  .strictObject({
    run_ids: z.array(GivenId).min(1).max(100).optional(),
    ...filter,
    all: z.literal(true).optional().describe("All that have not ended, where nothing else is said"),
    limit: z.number().int().min(1).max(100).optional().describe("Of those that match; default 100"),
  })
  // A filter whose fields a program left undefined arrives as no filter: that must not cancel everything.
  .superRefine(({ run_ids: ids, all, limit, ...wanted }, context) => {
    const isFiltered = Object.values(wanted).some(
      (value) => typeof value === "string" || Object.keys(value ?? {}).length > 0,
    );
    if ([ids !== undefined, isFiltered, all === true].filter(Boolean).length !== 1)
      context.addIssue(
        "must name runs by `run_ids`, or by what they match, or be `all`: one of these",
      );
    else if (ids !== undefined && limit !== undefined)
      context.addIssue({ code: "custom", path: ["limit"], message: "goes with a filter only" });
  })
  .meta({
    id: "RunsCancel",
    description: "Runs by their ids, or those that have not ended and match all that is asked for",
    examples: [{ thread_id: exampleOf(Thread).thread_id }],
  });
export type RunsCancel = z.infer<typeof RunsCancel>;

export const RunsCancelled = z
  .object({
    items: z.array(
      z.object({
        run_id: z.string(),
        outcome: z
          .enum(["cancelled", "ended", "not_found"])
          .describe("`ended`: it had ended before, and stays as it is"),
      }),
    ),
    has_more: z.boolean().describe("More match: ask again"),
  })
  .meta({
    id: "RunsCancelled",
    examples: [
      { items: [{ run_id: exampleOf(Run).run_id, outcome: "cancelled" }], has_more: false },
    ],
  });
