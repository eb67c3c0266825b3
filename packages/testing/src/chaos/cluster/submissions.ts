import { setTimeout as sleep } from "node:timers/promises";
import { atIntervals, type Repetition } from "../load/at-intervals.ts";
import { faultCode } from "../load/fault-code.ts";
import type { RunPlan } from "../plan/run-plan.ts";

/** One attempt to start a run. */
export interface Submission {
  /** Of the HTTP answer; 0 where none came. */
  status: number;
  /** Where it was 2xx. */
  runId?: string;
  retryAfter?: string;
  /** Why no answer came, e.g. ECONNREFUSED, UND_ERR_SOCKET. */
  fault?: string;
  seconds: number;
}

export interface SubmitOptions {
  /** Index of the replica; default: each in turn. */
  api?: number;
  idempotencyKey?: string;
}

export interface AcknowledgedRun {
  id: string;
  plan: RunPlan;
}

export type Load = Repetition<Submission>;

export interface Submissions {
  runs: ReadonlyMap<string, AcknowledgedRun>;
  submit(plan: RunPlan, options?: SubmitOptions): Promise<Submission>;
  /** Again, with one key, until it is acknowledged, or for two minutes: every attempt. */
  insist(plan: RunPlan, options?: SubmitOptions): Promise<Submission[]>;
  /** As `insist`; rejects where the run was not acknowledged. */
  submitPatiently(plan: RunPlan, options?: SubmitOptions): Promise<AcknowledgedRun>;
  /** One every so many milliseconds, whatever became of those before. */
  startLoad(options: { everyMs: number; plan: (index: number) => RunPlan }): Load;
}

const PATIENCE_SECONDS = 120;
const TIMEOUT_SECONDS = 20;

export function createSubmissions(options: {
  urls: readonly string[];
  agent: string;
  /** Raised when the servers are about to be closed: nothing is sent any more. */
  closing: AbortSignal;
}): Submissions {
  const { urls, agent, closing } = options;
  const runs = new Map<string, AcknowledgedRun>();
  let turn = 0;

  async function submit(plan: RunPlan, how: SubmitOptions = {}): Promise<Submission> {
    const { idempotencyKey } = how;
    const url = urls[how.api ?? turn++ % urls.length];
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const answer = await fetch(`${url}/runs`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        },
        body: JSON.stringify({ agent_id: agent, input: JSON.stringify(plan) }),
        signal: AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_SECONDS * 1000)]),
      });
      const retryAfter = answer.headers.get("retry-after");
      const rest = { status: answer.status, ...(retryAfter === null ? {} : { retryAfter }) };
      // The head is the acknowledgement: where the body is cut off, the head names the run too.
      const runId = answer.headers.get("location")?.split("/").at(-1);
      if (answer.ok && runId !== undefined) runs.set(runId, { id: runId, plan });
      await answer.text().catch(() => undefined);
      return { ...rest, seconds: seconds(), ...(answer.ok && runId ? { runId } : {}) };
    } catch (error) {
      // Refused, cut off or too late: no answer.
      return { status: 0, fault: faultCode(error), seconds: seconds() };
    }
  }

  async function insist(plan: RunPlan, how: SubmitOptions = {}): Promise<Submission[]> {
    const idempotencyKey = how.idempotencyKey ?? `key of ${plan.label}`;
    const until = performance.now() + PATIENCE_SECONDS * 1000;
    const attempts: Submission[] = [];
    for (;;) {
      const attempt = await submit(plan, { ...how, idempotencyKey });
      attempts.push(attempt);
      const isOver = closing.aborted || performance.now() > until;
      if (attempt.runId !== undefined || isOver) return attempts;
      await sleep(200);
    }
  }

  return {
    runs,
    submit,
    insist,
    async submitPatiently(plan, how) {
      const attempts = await insist(plan, how);
      const run = runs.get(attempts.at(-1)?.runId ?? "");
      if (run === undefined) throw new Error(`${plan.label} is not accepted`);
      return run;
    },
    startLoad: ({ everyMs, plan }) =>
      atIntervals({ everyMs, until: closing, once: (index) => submit(plan(index)) }),
  };
}
