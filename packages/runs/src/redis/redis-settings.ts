import { z } from "zod";

/**
 * ioredis knows `rediss` in small letters alone, and goes on without TLS where a URL is written otherwise: it gets
 * what the URL parser makes of it. What stands behind `?` it takes as options over our own: `tls=` would turn TLS off.
 */
const redisUrl = z
  .url({
    protocol: /^rediss?$/,
    hostname: /./,
    normalize: true,
    error: "must be redis://… or rediss://…",
  })
  .refine((url) => parameters(url).every((name) => name === "family"), {
    error: "may hold no parameter behind `?` but `family` (4 or 6)",
  });

const parameters = (url: string): string[] => [...(URL.parse(url)?.searchParams.keys() ?? [])];

export const redisSettings = z.object({
  REDIS_URL: redisUrl
    .optional()
    .describe(
      "Redis of hints and the live event tail. With DATABASE_URL: the scaled topology. TLS: rediss://, see docs/tls.md.",
    ),
});
