import { assertNever, type Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import {
  type ClaimedRun,
  createCancelWatch,
  createValidity,
  RunCancelled,
  RunLost,
  type WorkerLease,
} from "@llamaagent/runs";
import { createRunControl, type RunControl, RunHandedBack } from "../run-control.ts";
import { fromMachineMs, type ToChild } from "./messages.ts";
import type { ParentChannel } from "./parent-channel.ts";

/** A run that its worker gave to this process, and what stops it. */
export interface TakenRun {
  claimed: ClaimedRun;
  workspaceRoot: string;
  /** The worker's. */
  lease: Pick<WorkerLease, "isValid">;
  control: RunControl;
}

/**
 * Resolves once the worker has given the run. Node hands out all messages of one read before whoever
 * waits for the first goes on: what stops the run may have come by then, and is heeded from the start.
 */
export async function takeRun(options: {
  channel: Pick<ParentChannel, "listen">;
  db: Database;
  clock: Clock;
}): Promise<TakenRun> {
  const { channel, db, clock } = options;
  const given = Promise.withResolvers<ToChild & { kind: "run" }>();
  const watching = given.promise.then(({ claimed }) =>
    createCancelWatch({
      db,
      clock,
      workerId: claimed.fence.owner,
      executing: () => [claimed.fence],
      onLost: () => control.abort(new RunLost()),
      // Of all runs of the worker.
      onCancelled: (runId) => {
        if (runId === claimed.run.run_id) control.abort(new RunCancelled());
      },
    }),
  );
  const lease = createValidity(clock);
  const control = createRunControl({
    lease,
    cancelWatch: { look: async (maxAgeMs) => (await watching).look(maxAgeMs) },
  });
  channel.listen((message) => {
    switch (message.kind) {
      case "run":
        lease.extend(fromMachineMs(message.leaseUntil, clock));
        return given.resolve(message);
      case "lease":
        return lease.extend(fromMachineMs(message.until, clock));
      case "drain":
        return control.drain();
      case "cancel":
        return control.abort(new RunCancelled());
      case "hand_back":
        return control.abort(new RunHandedBack());
      default:
        return assertNever(message);
    }
  });
  const { claimed, workspaceRoot } = await given.promise;
  return { claimed, workspaceRoot, lease, control };
}
