import type { Database } from "@llamaagent/db";
import type { Logger } from "@llamaagent/observability";
import {
  type ClaimedTask,
  claimTasks,
  ownedTasks,
  requeueForgottenTasks,
  requeueLapsedTasks,
  saveTask,
  type Settlement,
  settleTask,
  type WorkerLease,
} from "@llamaagent/runs";
import { retryDelaySeconds } from "./retry-delay.ts";
import type { TaskHandlers } from "./task-handler.ts";

/** Does a worker's tasks, beside its runs and not in their slots. */
export interface TaskRunner {
  /** Claims what is due, as far as there is room, and goes on while there is more. */
  claimDue(): Promise<void>;
  /** Gives others what dead workers own, where this one may take over. */
  sweep(): Promise<void>;
  requeueForgotten(): Promise<void>;
  /** After a lapse of the lease, before it is valid again: ends what somebody else has by now. */
  dropLost(): Promise<void>;
  /** Resolves once what is at work has ended. */
  settled(): Promise<void>;
  /** Ends what is at work: others do it. */
  handBack(): void;
}

export interface TaskRunnerOptions {
  db: Database;
  workerId: string;
  lease: Pick<WorkerLease, "isValid" | "mayTakeOver">;
  handlers: TaskHandlers;
  /** From 0 to 1. */
  random: () => number;
  logger: Pick<Logger, "warn">;
  /** No claim once it is raised. */
  stopping: AbortSignal;
}

/** Tasks at work at once: they wait for others mostly. */
const TASKS_MAX = 16;
/** Of one tenant: receivers of its that do not answer hold no more than these. */
const TENANT_TASKS_MAX = 8;

class TaskLost extends Error {}
class TaskHandedBack extends Error {}

interface AtWork {
  claimed: ClaimedTask;
  control: AbortController;
  done: Promise<void>;
}

export function createTaskRunner(options: TaskRunnerOptions): TaskRunner {
  const { db, workerId, lease, handlers, logger, stopping } = options;
  const kinds = Object.keys(handlers);
  const atWork = new Set<AtWork>();
  let claiming: Promise<void> | undefined;
  let isCalledAgain = false;

  async function claim(): Promise<void> {
    // Who has nothing at work goes before those who have, however long theirs has been due.
    await claimOfTenantsBelow(1);
    if (atWork.size > 0) await claimOfTenantsBelow(TENANT_TASKS_MAX);
  }

  /** Of those that have fewer tasks at work. Any of them may get all of a claim, so it is as small as that allows. */
  async function claimOfTenantsBelow(tasks: number): Promise<void> {
    for (;;) {
      const counts = [...countByTenant()];
      const withoutTenants = counts.filter(([, count]) => count >= tasks).map(([id]) => id);
      const most = Math.max(
        0,
        ...counts.map(([, count]) => count).filter((count) => count < tasks),
      );
      const count = Math.min(TASKS_MAX - atWork.size, TENANT_TASKS_MAX - most);
      if (kinds.length === 0 || count === 0 || stopping.aborted || !lease.isValid()) return;
      const claimed = await claimTasks(db, workerId, { kinds, count, withoutTenants });
      for (const task of claimed) start(task);
      if (claimed.length < count) return;
    }
  }

  function countByTenant(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { claimed } of atWork) {
      const { tenantId } = claimed.fence;
      counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
    }
    return counts;
  }

  async function claimWhileCalled(): Promise<void> {
    try {
      do {
        isCalledAgain = false;
        await claim();
      } while (isCalledAgain);
    } finally {
      claiming = undefined;
    }
  }

  /** What comes due while a claim is under way may be none of that one's: another follows. */
  function claimDue(): Promise<void> {
    isCalledAgain = true;
    return (claiming ??= claimWhileCalled());
  }

  function start(claimed: ClaimedTask): void {
    const control = new AbortController();
    const done = execute(claimed, control.signal)
      .catch((error: unknown) => tell(claimed, "a task could not be settled", error))
      .finally(() => {
        atWork.delete(entry);
        // Where the database is away the next round finds out; this one is over.
        void claimDue().catch(() => undefined);
      });
    const entry: AtWork = { claimed, control, done };
    atWork.add(entry);
    if (stopping.aborted) control.abort(new TaskHandedBack());
  }

  async function execute(claimed: ClaimedTask, signal: AbortSignal): Promise<void> {
    const settlement = await attempt(claimed, signal);
    if (!(await settleTask(db, claimed, settlement))) tell(claimed, "a task was lost to others");
  }

  async function attempt(claimed: ClaimedTask, signal: AbortSignal): Promise<Settlement> {
    const { fence, kind, payload, attempts, isExpired } = claimed;
    const assertOwned = (): void => {
      signal.throwIfAborted();
      if (!lease.isValid()) throw new TaskLost();
    };
    try {
      const handler = handlers[kind];
      if (handler === undefined) throw new Error(`no handler for '${kind}'`);
      const outcome = await handler(payload, {
        tenantId: fence.tenantId,
        taskId: fence.taskId,
        attempt: attempts,
        isLast: isExpired,
        signal,
        assertOwned,
        async save(done) {
          assertOwned();
          if (!(await saveTask(db, fence, done))) throw new TaskLost();
        },
      });
      return { kind: outcome };
    } catch (error) {
      // Where somebody else has it, the fence sees to it that this changes nothing.
      if (signal.aborted || error instanceof TaskLost) return { kind: "handed_back" };
      tell(claimed, isExpired ? "a task is given up" : "a task failed", error);
      return isExpired ? { kind: "done" } : failure(error, attempts);
    }
  }

  function failure(error: unknown, attempts: number): Settlement {
    const message = error instanceof Error ? error.message : String(error);
    const retryInSeconds = retryDelaySeconds(attempts, options.random);
    return { kind: "failed", error: message, retryInSeconds };
  }

  function tell({ fence, kind, attempts }: ClaimedTask, message: string, error?: unknown): void {
    logger.warn(
      { task_id: fence.taskId, kind, attempts, ...(error === undefined ? {} : { err: error }) },
      message,
    );
  }

  return {
    claimDue,
    async sweep() {
      if (lease.mayTakeOver()) await requeueLapsedTasks(db);
    },
    requeueForgotten: () =>
      requeueForgottenTasks(
        db,
        workerId,
        [...atWork].map(({ claimed }) => claimed.fence.taskId),
      ),
    async dropLost() {
      // What was being claimed when the worker froze is begun next.
      await claiming?.catch(() => undefined);
      if (atWork.size === 0) return;
      const owned = await ownedTasks(db, workerId);
      for (const { claimed, control } of atWork)
        if (owned.get(claimed.fence.taskId) !== claimed.fence.epoch) control.abort(new TaskLost());
    },
    async settled() {
      await claiming?.catch(() => undefined);
      await Promise.all([...atWork].map(({ done }) => done));
    },
    handBack() {
      for (const { control } of atWork) control.abort(new TaskHandedBack());
    },
  };
}
