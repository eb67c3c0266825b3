import type { Json } from "@llamaagent/core";

/**
 * Does one kind of task. It may be called again with the same task after whatever it did: what it tells
 * others carries the task's id, so that they know a repeat. An error is another attempt later.
 */
export type TaskHandler = (payload: Json, helpers: TaskHelpers) => Promise<TaskOutcome>;

/** By kind. */
export type TaskHandlers = Readonly<Record<string, TaskHandler>>;

/**
 * `done`: nothing is left of the task. `asleep`: until it is woken. `again`: a part is done, another follows.
 * `put_off`: it is not its turn; the attempt does not count.
 */
type TaskOutcome = "done" | "asleep" | "again" | "put_off";

export interface TaskHelpers {
  tenantId: string;
  taskId: string;
  /** 1 at first, and again after each success. */
  attempt: number;
  /** The task's time is over: where this attempt fails the task is given up. */
  isLast: boolean;
  /** Raised where the worker shuts down, or somebody else has the task. */
  signal: AbortSignal;
  /** Before whatever others see: throws where the worker may have lost the task. */
  assertOwned: () => void;
  /** What is done so far: the next attempt is given this. Throws where the task is lost. */
  save: (payload: Json) => Promise<void>;
}
