import type { Clock } from "@llamaagent/core";
import type { QueueLoad } from "@llamaagent/runs";
import type { LoadSettings } from "./load-settings.ts";

/** A run that would be added to the queue. */
interface Newcomer {
  tenantId: string;
  /** As a client asks for it: from -10 to 10. */
  priority: number;
}

/** Tells whether a run would only make a queue longer that is too long. */
export interface QueueGate {
  /** By how the queue was when it was last looked at; nobody waits for a look. */
  isShut(newcomer: Newcomer): boolean;
}

/** A gate that stays shut for longer than the queue takes to empty leaves workers idle. */
const LOOK_MS = 250;
/** A long queue takes long to count: no more than a twentieth of the time goes into that. */
const LOOK_SHARE = 20;
/** What was seen longer ago says nothing: looking fails. */
const STALE_MS = 5_000;

/** Of its bounds: past that much of them a run is refused. */
const fullFor = (priority: number): number => {
  if (priority < 0) return 0.8;
  return priority > 0 ? 1.2 : 1;
};

/**
 * Past the bounds on the queue's length and its oldest wait the gate is shut to those tenants that have at least
 * their share of it, and first to what they themselves want last: a tenant that waits behind nobody but
 * others' long queues is let through, for claims are fair.
 */
export function createQueueGate(options: {
  look: () => Promise<QueueLoad>;
  clock: Pick<Clock, "monotonicMs">;
  settings: Pick<LoadSettings, "LLAMAAGENT_SHED_QUEUED_RUNS" | "LLAMAAGENT_SHED_WAIT_SECONDS">;
  onError: (error: unknown) => void;
}): QueueGate {
  const { look, clock, settings, onError } = options;
  let seen: { load: QueueLoad; at: number } | undefined;
  let lookAt = -Infinity;
  let isLooking = false;

  async function lookAgain(): Promise<void> {
    isLooking = true;
    const at = clock.monotonicMs();
    try {
      seen = { load: await look(), at };
    } catch (error) {
      onError(error);
    } finally {
      isLooking = false;
      const now = clock.monotonicMs();
      lookAt = now + Math.max(LOOK_MS, LOOK_SHARE * (now - at));
    }
  }

  return {
    isShut({ tenantId, priority }) {
      const now = clock.monotonicMs();
      if (!isLooking && now >= lookAt) void lookAgain();
      if (seen === undefined || now - seen.at >= STALE_MS) return false;
      const { queued, oldestWaitSeconds, byTenant } = seen.load;
      const fullness = Math.max(
        queued / settings.LLAMAAGENT_SHED_QUEUED_RUNS,
        oldestWaitSeconds / settings.LLAMAAGENT_SHED_WAIT_SECONDS,
      );
      if (fullness < fullFor(priority)) return false;
      return (byTenant.get(tenantId) ?? 0) >= queued / byTenant.size;
    },
  };
}
