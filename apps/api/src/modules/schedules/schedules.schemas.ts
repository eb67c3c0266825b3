import { GivenId, JsonObject, JsonValue, Problem, Run } from "@llamaagent/core";
import { cronFault, isTimezone } from "@llamaagent/runs";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { Metadata } from "../../schemas/metadata.ts";
import { PageLimit } from "../../schemas/page-query.ts";
import { RunCreate } from "../runs/run-create.schemas.ts";

const Cron = z
  .string()
  .max(200)
  .superRefine((cron, context) => {
    const message = cronFault(cron);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .describe(
    "Five fields, or six with seconds first; names of days and months, `L`, `W`, `#` and `/` as in croner",
  );
const Timezone = z
  .string()
  .max(100)
  .refine(isTimezone, "is no IANA time zone")
  .describe("IANA name, such as `Europe/Berlin`");
const Missed = z
  .enum(["skip", "one", "all"])
  .describe(
    "Where the oldest moment that is due is over a minute late: `one` fires the newest alone, `all` each of them, `skip` the newest where it is itself at most a minute late",
  );
const Name = z
  .string()
  .min(1)
  .max(100)
  .refine(
    (name) => !name.includes("\u0000") && name.isWellFormed(),
    "must not hold U+0000 or lone surrogates",
  );

const RUN_BYTES_MAX = 2 * 1024 * 1024;

/** The body of `POST /runs`, without what concerns the connection that sends it. */
const ScheduledRun = RunCreate.omit({
  on_disconnect: true,
  stream_mode: true,
  run_id: true,
  created_at: true,
  updated_at: true,
  status: true,
})
  .refine(
    // Larger than a body only by patches that add up, or by numbers like 1e20, which JSON.stringify writes out.
    (run) => Buffer.byteLength(JSON.stringify(run)) <= RUN_BYTES_MAX,
    "is over 2 MiB",
  )
  .meta({
    id: "ScheduledRun",
    description: "What each firing starts: fields of RunCreate",
    examples: [{ agent_id: "reader", input: "Sum up what happened yesterday." }],
  });
export type ScheduledRun = z.infer<typeof ScheduledRun>;

export const ScheduleCreate = z
  .strictObject({
    name: Name.optional(),
    cron: Cron,
    timezone: Timezone.default("UTC"),
    missed: Missed.default("one"),
    enabled: z.boolean().default(true),
    run: ScheduledRun,
    metadata: Metadata.default({}),
  })
  .meta({
    id: "ScheduleCreate",
    examples: [
      {
        name: "morning report",
        cron: "0 7 * * mon-fri",
        timezone: "Europe/Berlin",
        missed: "one",
        run: { agent_id: "reader", input: "Sum up what happened yesterday." },
      },
    ],
  });
export type ScheduleCreate = z.infer<typeof ScheduleCreate>;

/** Checked as a whole after it was merged (RFC 7396): null removes a field, an object is merged. */
export const SchedulePatch = z
  .strictObject({
    name: JsonValue,
    cron: JsonValue,
    timezone: JsonValue,
    missed: JsonValue,
    enabled: JsonValue,
    run: JsonValue,
    metadata: JsonValue,
  })
  .partial()
  .meta({
    id: "SchedulePatch",
    description: "Fields of ScheduleCreate, merged as a JSON merge patch (RFC 7396)",
    examples: [{ enabled: false }],
  });
export type SchedulePatch = z.infer<typeof SchedulePatch>;

const moments = z.array(z.iso.datetime());

export const Schedule = z
  .object({
    schedule_id: z.uuid(),
    name: z.string().optional(),
    cron: z.string(),
    timezone: z.string(),
    missed: Missed,
    enabled: z.boolean(),
    run: JsonObject.describe("As it was asked for: a ScheduledRun"),
    metadata: JsonObject,
    next_firings: moments.describe("The next five; none while it is disabled"),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({
    id: "Schedule",
    examples: [
      {
        schedule_id: "0199a6f0-0000-7000-8000-000000000006",
        ...exampleOf(ScheduleCreate),
        enabled: true,
        metadata: {},
        next_firings: [
          "2025-10-06T05:00:00.000Z",
          "2025-10-07T05:00:00.000Z",
          "2025-10-08T05:00:00.000Z",
          "2025-10-09T05:00:00.000Z",
          "2025-10-10T05:00:00.000Z",
        ],
        created_at: "2025-10-03T16:38:00.000Z",
        updated_at: "2025-10-03T16:38:00.000Z",
      },
    ],
  });

export const ScheduleParams = z.strictObject({
  schedule_id: GivenId.meta({ examples: [exampleOf(Schedule).schedule_id] }),
});

const ScheduleCursor = z.guid("is no cursor of this list");
const sinceEpoch = (text: string): boolean => Date.parse(text) >= 0;
const MomentCursor = z.iso
  .datetime("is no cursor of this list")
  .refine(sinceEpoch, "is no cursor of this list");

export const ScheduleListQuery = z.strictObject({
  limit: PageLimit,
  cursor: ScheduleCursor.optional(),
});
export const ScheduleSearch = z
  .strictObject({
    name: Name.optional(),
    enabled: z.boolean().optional(),
    metadata: Metadata.optional().describe("The schedule's holds all of this"),
    limit: z.number().int().min(1).max(100).default(20),
    cursor: ScheduleCursor.optional(),
  })
  .meta({ id: "ScheduleSearch", examples: [{ enabled: true, metadata: { team: "sales" } }] });
export const ScheduleList = z
  .object({ items: z.array(Schedule), next_cursor: z.string().optional() })
  .meta({ id: "ScheduleList", examples: [{ items: [exampleOf(Schedule)] }] });

export const SchedulePreview = z
  .strictObject({
    cron: Cron,
    timezone: Timezone.default("UTC"),
    after: z.iso
      .datetime({ offset: true })
      .refine(sinceEpoch, "must not be before 1970")
      .optional()
      .describe("Left out: now"),
    count: z.number().int().min(1).max(100).default(5),
  })
  .meta({
    id: "SchedulePreview",
    examples: [{ cron: "30 2 * * *", timezone: "Europe/Berlin", after: "2026-10-24T12:00:00Z" }],
  });
export const NextFirings = z.object({ next_firings: moments }).meta({
  id: "NextFirings",
  examples: [
    {
      next_firings: [
        "2026-10-25T00:30:00.000Z",
        "2026-10-26T01:30:00.000Z",
        "2026-10-27T01:30:00.000Z",
        "2026-10-28T01:30:00.000Z",
        "2026-10-29T01:30:00.000Z",
      ],
    },
  ],
});

export const FiringsQuery = z.strictObject({
  limit: PageLimit,
  cursor: MomentCursor.optional(),
});
const Firing = z
  .object({
    due_at: z.iso.datetime().describe("The moment of the timetable"),
    fired_at: z.iso.datetime().describe("When a worker dealt with it"),
    outcome: z
      .enum(["started", "refused", "missed"])
      .describe(
        "`refused`: `POST /runs` would have been; `missed`: it was given up, and with it those before that are not listed",
      ),
    run_id: z.uuid().optional(),
    error: Problem.optional().describe("Why it was refused"),
  })
  .meta({
    id: "ScheduleFiring",
    examples: [
      {
        due_at: "2025-10-06T05:00:00.000Z",
        fired_at: "2025-10-06T05:00:00.040Z",
        outcome: "started",
        run_id: exampleOf(Run).run_id,
      },
    ],
  });
export const FiringList = z
  .object({ items: z.array(Firing), next_cursor: z.string().optional() })
  .meta({ id: "ScheduleFiringList", examples: [{ items: [exampleOf(Firing)] }] });
