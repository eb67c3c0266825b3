import type { Experiment } from "./experiment.ts";
import { workerKills } from "./experiments/1-worker-kills.ts";
import { frozenWorker } from "./experiments/2-frozen-worker.ts";
import { apiKills } from "./experiments/3-api-kills.ts";
import { redisStopped } from "./experiments/4-redis-stopped.ts";
import { redisFlushed } from "./experiments/5-redis-flushed.ts";
import { redisHalfOpen } from "./experiments/6-redis-half-open.ts";
import { postgresRestarts } from "./experiments/7-postgres-restarts.ts";
import { hintsRepeated } from "./experiments/8-hints-repeated.ts";
import { oneKey } from "./experiments/9-one-key.ts";
import { cancellations } from "./experiments/10-cancellations.ts";
import { poison } from "./experiments/11-poison.ts";
import { cutStreams } from "./experiments/12-cut-streams.ts";
import { rollingRestart } from "./experiments/13-rolling-restart.ts";
import { skewedClocks } from "./experiments/14-skewed-clocks.ts";
import { oneTenantsQueue } from "./experiments/15-one-tenants-queue.ts";

/** In the order in which they run. */
export const experiments: readonly Experiment[] = [
  workerKills,
  frozenWorker,
  apiKills,
  redisStopped,
  redisFlushed,
  redisHalfOpen,
  postgresRestarts,
  hintsRepeated,
  oneKey,
  cancellations,
  poison,
  cutStreams,
  rollingRestart,
  skewedClocks,
  oneTenantsQueue,
];
