import { z } from "zod";

const ResultRow = z.object({
  id: z.string(),
  /** Median, and quartiles, of the rounds. */
  value: z.number(),
  low: z.number(),
  high: z.number(),
  /** `≤6`, `≥0.25`, `constant`; null where the figure is only reported. */
  goal: z.string().nullable(),
  unit: z.string(),
  aim: z.number().optional(),
  met: z.boolean().nullable(),
  what: z.string(),
  /** The absolute figures behind it. */
  detail: z.string(),
  rounds: z.number(),
  /** Where it was measured by an earlier run than the last, when. */
  date: z.iso.date().optional(),
  /** Where it was measured by an earlier run than the last, of which state. */
  commit: z.string().optional(),
});
export type ResultRow = z.infer<typeof ResultRow>;

/** What `latest.json` holds. */
export const Results = z.object({
  /** Of the last run. */
  date: z.iso.date(),
  /** The state that was measured; with a `+` where files differed from it. Older results have none. */
  commit: z.string().optional(),
  machine: z.object({
    cores: z.number(),
    cpu: z.string(),
    memory_gib: z.number(),
    versions: z.record(z.string(), z.string()),
  }),
  rows: z.array(ResultRow),
});
export type Results = z.infer<typeof Results>;
