import { z } from "zod";

const units = (byDefault: number) =>
  z.coerce.number().int().min(1).max(1_000_000).default(byDefault);

export const rateSettings = z.object({
  LLAMAAGENT_RATE_LIMIT_CALLER: units(1_000).describe(
    "Units per second of one caller: reading costs 1, a change 2, starting a run 5. What is not used is kept for 10 s",
  ),
  LLAMAAGENT_RATE_LIMIT_TENANT: units(5_000).describe(
    "Units per second of all callers of one tenant together",
  ),
  LLAMAAGENT_RATE_LIMIT_KEYS: units(20).describe(
    "Units per second of one caller's requests that make keys, tokens and tenants, each of which costs 5",
  ),
  LLAMAAGENT_RATE_LIMIT_ADDRESS: units(20).describe(
    "Requests per second from one address whose credentials are refused, or that need none, at each replica",
  ),
  LLAMAAGENT_API_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(4)
    .describe(
      "API processes at most: while Redis is away each gives that part of the limits by itself",
    ),
});
export type RateSettings = z.infer<typeof rateSettings>;
