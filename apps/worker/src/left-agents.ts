import {
  type AgentDefinition,
  type Clock,
  isAppError,
  type PluginRegistry,
} from "@llamaagent/core";
import { parseModelId } from "@llamaagent/models/manifest";
import type { Logger } from "@llamaagent/observability";
import {
  type AgentReader,
  type AgentVersionKey,
  type Capabilities,
  capabilitiesOf,
  type ClaimedRun,
  type Fence,
  missingFrom,
  retryWhileAway,
} from "@llamaagent/runs";
import type { RunControl } from "./run-control.ts";

/** Agents whose runs this worker leaves to others, because it lacks a tool, provider or strategy of theirs. */
export interface LeftAgents {
  /** It claims no run of these. */
  readonly versions: readonly AgentVersionKey[];
  /**
   * True: the run is queued again, nothing of it was executed. False where the worker can execute it, or
   * nobody can: then it ends here, and says why. Never rejects.
   */
  leave(claimed: ClaimedRun, control: Pick<RunControl, "abandoned">): Promise<boolean>;
  /** Forgets the agents that nobody serves any more: the next claim of their runs ends them. Those of long ago too. */
  look(): Promise<void>;
}

export interface LeftAgentsOptions {
  registry: PluginRegistry;
  readAgent: AgentReader;
  /** See `leaveToOthers`; undefined: whatever others have. */
  leaveToOthers: (fence: Fence, needs: Capabilities | undefined) => Promise<boolean>;
  /** See `areOffered`. */
  areOffered: (needs: Capabilities[]) => Promise<boolean[]>;
  /** False while other workers' rows may have lapsed for no fault of theirs: see `mayStrike` of the lease. */
  mayJudge: () => boolean;
  clock: Pick<Clock, "monotonicMs">;
  logger: Logger;
}

/** So long the only worker that has what an agent needs may be away: it may be starting again. @internal */
export const AWAY_MS = 30_000;
/**
 * Then an agent is met anew, where it has runs still: the list holds no more than those of so long a time.
 * @internal
 */
export const KEPT_MS = 600_000;

interface Left {
  version: AgentVersionKey;
  needs: Capabilities;
  leftAtMs: number;
  /** When a living worker had all of it. */
  offeredAtMs: number;
}

export function createLeftAgents(options: LeftAgentsOptions): LeftAgents {
  const { clock, logger } = options;
  const offered = capabilitiesOf(options.registry);
  const left = new Map<string, Left>();
  let versions: AgentVersionKey[] = [];

  function changed(): void {
    versions = [...left.values()].map(({ version }) => version);
  }

  function needsOf(claimed: ClaimedRun): Capabilities | undefined {
    try {
      return neededBy(options.readAgent(claimed));
    } catch (error) {
      // What this version cannot read ends as it did: no worker says in its row what it can read.
      if (isAppError(error, "invalid_request")) return undefined;
      throw error;
    }
  }

  function keep({ run }: ClaimedRun, needs: Capabilities, lacks: string[]): void {
    const { agent_id: agentId, agent_version: version } = run;
    const key = `${agentId} ${version}`;
    if (!left.has(key))
      logger.warn(
        { agent_id: agentId, agent_version: version, lacks },
        "this worker lacks parts of an agent: its runs are left to workers that have them",
      );
    const now = clock.monotonicMs();
    left.set(key, { version: { agentId, version }, needs, leftAtMs: now, offeredAtMs: now });
    changed();
  }

  return {
    get versions() {
      return versions;
    },
    async leave(claimed, control) {
      try {
        const needs = needsOf(claimed);
        if (needs === undefined) return false;
        const lacks = missingFrom(offered, needs);
        if (lacks.length === 0) return false;
        const leaving = () =>
          options.leaveToOthers(claimed.fence, options.mayJudge() ? needs : undefined);
        if (!(await retryWhileAway(leaving, control.abandoned))) return false;
        keep(claimed, needs, lacks);
        return true;
      } catch (error) {
        const { run_id: runId } = claimed.run;
        if (!isAppError(error, "service_unavailable")) {
          logger.error({ err: error, run_id: runId }, "a run could not be left to others");
          return false;
        }
        // Nobody executes it: it is found as forgotten, or with the worker's row.
        logger.warn({ run_id: runId }, "a run could not be left to others: the database is away");
        return true;
      }
    },
    async look() {
      const known = [...left];
      if (known.length === 0) return;
      const areOffered = await options.areOffered(known.map(([, { needs }]) => needs));
      const now = clock.monotonicMs();
      for (const [index, [key, one]] of known.entries()) {
        const isOffered = areOffered[index] === true;
        if (isOffered || !options.mayJudge()) one.offeredAtMs = now;
        if (now - one.offeredAtMs > AWAY_MS) left.delete(key);
        else if (isOffered && now - one.leftAtMs > KEPT_MS) left.delete(key);
      }
      changed();
    },
  };
}

function neededBy({ model, tools, prompting }: AgentDefinition): Capabilities {
  return { providers: [parseModelId(model).provider], tools, prompting: [prompting] };
}
