import type { Json } from "@llamaagent/core";

/** Every write of an owner carries this; it holds until somebody else has the task. */
export interface TaskFence {
  tenantId: string;
  taskId: string;
  epoch: number;
  /** The worker's id. */
  owner: string;
}

export interface ClaimedTask {
  fence: TaskFence;
  kind: string;
  payload: Json;
  /** Times that it was woken, up to the claim. */
  wakes: number;
  /** This one, and those before it since it last succeeded. */
  attempts: number;
  /** Its time is over: where it fails now it is not tried again. */
  isExpired: boolean;
}
