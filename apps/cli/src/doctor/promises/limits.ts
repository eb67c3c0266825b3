import { type EmbeddedFacts, type ScaledFacts, waitsForStandby } from "./facts.ts";

/** Something in the configuration that takes away from some promises. */
export interface Limit {
  limits: readonly number[];
  verdict: "kept_with_condition" | "not_kept";
  reason: string;
  advice: string;
}

/** What is acknowledged, finished, fenced, read or ended is so by a commit: lost, it never was. */
const REST_ON_COMMITS = [1, 2, 4, 5, 6];
/** The embedded server's power cut takes every process and reader of its state with it: nobody is left to fence. */
const REST_ON_EMBEDDED_COMMITS = [1, 2, 5, 6];
const NEED_A_WORKER = [1, 3];

/** All are by design: conditions, no failures. */
export function limitsOfEmbedded({ fsync }: EmbeddedFacts): Limit[] {
  const onlyProcess: Limit = {
    limits: NEED_A_WORKER,
    verdict: "kept_with_condition",
    reason: "one process does all: its runs go on at once when it is started again, not before",
    advice:
      "let a supervisor start it again (systemd, a container's restart policy), or use Postgres and ≥2 workers",
  };
  const powerCut: Limit = {
    limits: REST_ON_EMBEDDED_COMMITS,
    verdict: "kept_with_condition",
    reason:
      "fsync is off, PGlite's default: kill -9 loses nothing, a power cut may lose the newest or damage the folder",
    advice: "what must survive a power cut belongs in a Postgres: set DATABASE_URL and REDIS_URL",
  };
  return fsync ? [onlyProcess] : [onlyProcess, powerCut];
}

export function limitsOfScaled(facts: ScaledFacts): Limit[] {
  const found: (Limit | false)[] = [
    ...limitsOfWorkers(facts),
    facts.waitingRuns > 0 && {
      limits: [3],
      verdict: "kept_with_condition",
      reason: `no slot is free (runs that wait for one: ${facts.waitingRuns}): what a dying worker leaves waits, too`,
      advice: "start more workers, or raise WORKER_SLOTS",
    },
    facts.synchronousCommit === "off" && {
      limits: REST_ON_COMMITS,
      verdict: "not_kept",
      reason: "synchronous_commit is off: a crash of Postgres loses what it acknowledged last",
      advice:
        "set synchronous_commit = on in Postgres, and wherever its database or role overrides that",
    },
    !facts.fsync && {
      limits: REST_ON_COMMITS,
      verdict: "not_kept",
      reason: "fsync is off: a power cut of Postgres's machine may lose or damage everything",
      advice: "set fsync = on in Postgres, or start it without `-c fsync=off`",
    },
    !facts.fullPageWrites && {
      limits: REST_ON_COMMITS,
      verdict: "kept_with_condition",
      reason:
        "full_page_writes is off: right only on a file system that never tears a page, such as ZFS",
      advice: "set full_page_writes = on in Postgres",
    },
    facts.standbys > 0 &&
      !waitsForStandby(facts) && {
        limits: REST_ON_COMMITS,
        verdict: "kept_with_condition",
        reason: "no commit waits for a standby: a failover loses what had not reached it",
        advice: "set synchronous_standby_names, with synchronous_commit = on, or never fail over",
      },
  ];
  return found.filter((limit) => limit !== false);
}

function limitsOfWorkers({ liveWorkers: alive, completeWorkers }: ScaledFacts): Limit[] {
  const advice = "start two or more, on different machines: npx llamaagent worker";
  if (alive >= 2 && completeWorkers >= 2) return [];
  if (alive >= 2)
    return [
      {
        limits: NEED_A_WORKER,
        verdict: "kept_with_condition",
        reason: `of ${alive} live workers ${completeWorkers} have all that agents may use: a run whose agent needs what a worker lacks goes on only in another`,
        advice: "start api and workers of one version with the same LLAMAAGENT_PLUGINS",
      },
    ];
  if (alive === 1)
    return [
      {
        limits: NEED_A_WORKER,
        verdict: "kept_with_condition",
        reason:
          "one worker lives: its runs go on only when it is started again, up to 15 s after that",
        advice,
      },
    ];
  return [
    {
      limits: [1],
      verdict: "kept_with_condition",
      reason: "no worker lives: runs are stored, and none ends until one is started",
      advice,
    },
    { limits: [3], verdict: "not_kept", reason: "no worker lives", advice },
  ];
}
