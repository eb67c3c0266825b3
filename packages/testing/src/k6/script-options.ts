import { z } from "zod";
import { parseDuration } from "./duration.ts";

const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: "custom", message: `'${text}' is no duration like 90s or 1h30m` });
  return z.NEVER;
});
const count = z.number().int().min(0);
const Stages = z.array(z.strictObject({ duration: Duration, target: count })).min(1);
export type Stages = z.infer<typeof Stages>;

const everyScenario = {
  exec: z.string().default("default"),
  startTime: Duration.prefault("0s"),
  gracefulStop: Duration.prefault("30s"),
};
const arrivals = {
  timeUnit: Duration.prefault("1s"),
  preAllocatedVUs: count,
  maxVUs: count.optional(),
};

const Scenario = z.discriminatedUnion("executor", [
  z.strictObject({
    ...everyScenario,
    executor: z.literal("constant-vus"),
    vus: count.min(1).default(1),
    duration: Duration,
  }),
  z.strictObject({
    ...everyScenario,
    executor: z.literal("ramping-vus"),
    startVUs: count.default(1),
    stages: Stages,
    gracefulRampDown: Duration.prefault("30s"),
  }),
  z.strictObject({
    ...everyScenario,
    ...arrivals,
    executor: z.literal("constant-arrival-rate"),
    rate: count.min(1),
    duration: Duration,
  }),
  z.strictObject({
    ...everyScenario,
    ...arrivals,
    executor: z.literal("ramping-arrival-rate"),
    startRate: count.default(0),
    stages: Stages,
  }),
]);
/** All durations in milliseconds. */
export type Scenario = z.infer<typeof Scenario>;

const Threshold = z.union([
  z.string().transform((threshold) => ({ threshold, abortOnFail: false, delayAbortEval: 0 })),
  z.strictObject({
    threshold: z.string(),
    abortOnFail: z.boolean().default(false),
    delayAbortEval: Duration.prefault("0s"),
  }),
]);

/** What the runner knows of a script's `options`: strict, so that no option is passed over in silence. */
export const ScriptOptions = z.strictObject({
  scenarios: z
    .record(z.string(), Scenario)
    .refine((given) => Object.keys(given).length > 0, "a script has one scenario at least"),
  thresholds: z.record(z.string(), z.array(Threshold)).default({}),
});
export type ScriptOptions = z.infer<typeof ScriptOptions>;
