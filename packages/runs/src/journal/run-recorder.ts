import {
  type AgentEvent,
  type Clock,
  endsStep,
  formatEventId,
  type RunEventType,
  type RunHint,
  type WaitReason,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import type { ClaimedRun } from "../claim-run.ts";
import { endOwnRun } from "../ends/end-run.ts";
import { eventData } from "../event-data.ts";
import { retryWhileAway } from "../retry-while-away.ts";
import { type RunEnd, terminalEvent } from "../ends/run-end.ts";
import type { StoredProgress } from "./stored-progress.ts";
import { handBackRun, suspendRun } from "./suspend-run.ts";
import type { RunWriter } from "./run-writer.ts";
import type { TailWriter } from "./tail-writer.ts";
import { type RecordedEvent, type RecordedStep, type RunBatch, RunLost } from "./write-run.ts";

/**
 * Write-behind of one claimed run: events go to the live tail at once and to Postgres with the next
 * intent, at the end, or in the background; always as a prefix of what happened.
 */
export interface RunRecorder {
  /** An event of the run itself; in every epoch the first thing recorded. */
  lifecycle(type: "run.started" | "run.resumed", data: object): void;
  /** What the agent yields; what an earlier epoch stored already is dropped. */
  emit(event: AgentEvent): void;
  /** Commits the intent of a step. True where the run's cancellation was requested: do not begin it. */
  begin(step: RecordedStep): Promise<boolean>;
  /** The result of a step; stored in the commit that stores the step's last event, where it has one. */
  complete(step: RecordedStep, options: { hasEvents: boolean }): void;
  /** The last events: each is one commit with all that is buffered; the hints are to be sent. */
  end(end: RunEnd): Promise<RunHint[]>;
  /** Throws `RunCancelled` where the run is to be ended instead. */
  pause(reason: WaitReason, stepKeys: readonly string[]): Promise<void>;
  handBack(): Promise<RunHint[]>;
}

/** After a step's end: long enough for the next intent or the finish to come first. */
const STEP_FLUSH_MS = 50;
/** Inside a long step. */
const LONG_STEP_FLUSH_MS = 5_000;
/** The same while Redis is away: readers look into Postgres each 2 s then. */
const LONG_STEP_FLUSH_WITHOUT_TAIL_MS = 1_000;
const LONG_STEP_EVENTS = 1_000;

export function createRunRecorder(options: {
  db: Database;
  /** The worker's, for all its runs. */
  writer: RunWriter;
  claimed: ClaimedRun;
  progress: StoredProgress;
  tailWriter: TailWriter;
  clock: Clock;
  /** Called once, when a write found that the run has another owner. */
  onLost: (error: RunLost) => void;
  /** While Postgres is away commits are tried again until this is raised. */
  abandoned: AbortSignal;
}): RunRecorder {
  const { db, writer, claimed, progress, tailWriter, clock, abandoned } = options;
  const { fence, run } = claimed;
  const pending: RunBatch = { events: [], steps: [] };
  const unpaired = new Map<string, RecordedStep>();
  const ordinals = new Map<string, number>();
  let seq = 0;
  let cancelRequested = false;
  let mayBeStored = false;
  let writing: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Infinity;

  function record(
    type: RunEventType,
    data: object,
    rest: Pick<RecordedEvent, "stepKey" | "place"> = {},
  ): RecordedEvent {
    seq += 1;
    const epochStart =
      seq === 1 && (fence.epoch > 1 || run.retry_of !== undefined)
        ? { after: progress.lastEventId, restarted: progress.open }
        : {};
    const event: RecordedEvent = {
      id: formatEventId({ epoch: fence.epoch, seq }),
      type,
      data: eventData(fence.runId, clock.now(), { ...data, ...epochStart }),
      ...rest,
    };
    pending.events.push(event);
    return event;
  }

  function addToTail({ id, type, data }: RecordedEvent): void {
    tailWriter.add(fence, [{ id, type, data }]);
  }

  function keep(step: RecordedStep): void {
    const index = pending.steps.findIndex(({ key }) => key === step.key);
    if (index === -1) pending.steps.push(step);
    else pending.steps[index] = step;
  }

  /** Runs one commit after the other; a batch stays pending until it is stored. */
  function commit<T>(write: (batch: RunBatch) => Promise<T>): Promise<T> {
    clearTimeout(timer);
    timer = undefined;
    timerAt = Infinity;
    const result = writing.then(async () => {
      const batch = { events: [...pending.events], steps: [...pending.steps] };
      const once = async (): Promise<T> => {
        const answer = write({ ...batch, mayBeStored });
        // Until it is known to be stored.
        mayBeStored = true;
        return answer;
      };
      const answer = await retryWhileAway(once, abandoned);
      mayBeStored = false;
      pending.events.splice(0, batch.events.length);
      pending.steps = pending.steps.filter((step) => !batch.steps.includes(step));
      return answer;
    });
    writing = result.catch((error: unknown) => {
      if (error instanceof RunLost) options.onLost(error);
    });
    return result;
  }

  /** An event that the tail may have only once it is stored; taken back where it cannot be stored. */
  async function commitLast<T>(
    type: RunEventType,
    data: object,
    write: (batch: RunBatch) => Promise<T>,
  ): Promise<T> {
    const event = record(type, data);
    try {
      const answer = await commit(write);
      addToTail(event);
      return answer;
    } catch (error) {
      pending.events = pending.events.filter((other) => other !== event);
      seq -= 1;
      throw error;
    }
  }

  async function flush(): Promise<void> {
    await commit(async (batch) => {
      if (batch.events.length === 0 && batch.steps.length === 0) return;
      const answer = await writer.write({ fence, batch });
      cancelRequested ||= answer.cancelRequested;
    });
  }

  function flushWithin(ms: number): void {
    const at = clock.monotonicMs() + ms;
    if (timer !== undefined && timerAt <= at) return;
    clearTimeout(timer);
    timerAt = at;
    // A failure reaches the run through onLost, or at its next commit.
    timer = setTimeout(() => void flush().catch(() => undefined), ms);
  }

  const longStepFlushMs = (): number =>
    tailWriter.isLive() ? LONG_STEP_FLUSH_MS : LONG_STEP_FLUSH_WITHOUT_TAIL_MS;

  function store(done: RecordedStep): void {
    keep(done);
    flushWithin(done.effect === "unsafe" ? 0 : STEP_FLUSH_MS);
  }

  return {
    lifecycle(type, data) {
      addToTail(record(type, data));
      flushWithin(longStepFlushMs());
    },

    emit(event) {
      const { type, data, step } = event;
      if (step !== undefined) {
        if (progress.steps.get(step)?.state === "done") return;
        addToTail(record(type, data, { stepKey: step }));
        const done = endsStep(type) ? unpaired.get(step) : undefined;
        if (done) {
          unpaired.delete(step);
          store(done);
        } else {
          flushWithin(pending.events.length >= LONG_STEP_EVENTS ? 0 : longStepFlushMs());
        }
        return;
      }
      const scope = event.scope ?? "";
      const ordinal = ordinals.get(scope) ?? 0;
      ordinals.set(scope, ordinal + 1);
      if (ordinal < (progress.ordinals.get(scope) ?? 0)) return;
      addToTail(record(type, data, { place: { scope, ordinal } }));
      flushWithin(STEP_FLUSH_MS);
    },

    async begin(step) {
      keep(step);
      await flush();
      return cancelRequested;
    },

    complete(step, { hasEvents }) {
      if (hasEvents) unpaired.set(step.key, step);
      else store(step);
    },

    end(end) {
      const { type, data } = terminalEvent(end);
      return commitLast(type, data, (batch) => endOwnRun({ db, writer }, fence, run, batch, end));
    },

    pause(reason, stepKeys) {
      const data = { stop_reason: reason, step_keys: stepKeys };
      return commitLast("run.paused", data, (batch) =>
        db.system((tx) => suspendRun(tx, fence, run, batch, { reason, stepKeys })),
      );
    },

    handBack: () => commit((batch) => db.system((tx) => handBackRun(tx, fence, batch))),
  };
}
