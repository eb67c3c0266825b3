import {
  AppError,
  errorCatalogue,
  isAppError,
  type Principal,
  problemDetails,
  toProblem,
} from "@llamaagent/core";
import { type AdmitRun, admitRun, type RunsContext } from "@llamaagent/runs";
import type { Admission } from "./admission.ts";
import type { ApiDependencies } from "../../api-dependencies.ts";
import type { RunBatchCreated } from "./run-batch.schemas.ts";
import { RunCreate } from "./run-create.schemas.ts";

type Outcome = RunBatchCreated["items"][number];

/**
 * Admits each by itself, those of one thread in their order; what is wrong with one is its own outcome.
 * `key`: the n-th has the idempotency key `<key>#<n>`, from 0, so that a repeat finds the same runs.
 */
export async function admitBatch(
  { context, admission }: Pick<ApiDependencies, "context" | "admission">,
  principal: Principal,
  bodies: readonly unknown[],
  key: string | undefined,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const lines = new Map<string | number, Promise<void>>();
  bodies.forEach((body, index) => {
    const wanted = outcomeOrError(() => parse(admission, body, key && `${key}#${index}`));
    if ("error" in wanted) return void (outcomes[index] = wanted);
    const line = wanted.threadId ?? index;
    const before = lines.get(line) ?? Promise.resolve();
    lines.set(
      line,
      before.then(async () => void (outcomes[index] = await admit(context, principal, wanted))),
    );
  });
  await Promise.all(lines.values());
  return outcomes;
}

function parse(admission: Admission, body: unknown, key: string | undefined): AdmitRun {
  const parsed = RunCreate.safeParse(body);
  if (!parsed.success)
    throw new AppError("invalid_request", {
      errors: problemDetails(parsed.error, { value: body, prefix: [] }),
    });
  return admission(parsed.data, { "idempotency-key": key });
}

async function admit(
  context: RunsContext,
  principal: Principal,
  wanted: AdmitRun,
): Promise<Outcome> {
  try {
    return { run: (await admitRun(context, principal, wanted)).run };
  } catch (error) {
    return failed(error);
  }
}

function outcomeOrError<Value>(work: () => Value): Value | { error: ReturnType<typeof toProblem> } {
  try {
    return work();
  } catch (error) {
    return failed(error);
  }
}

/** A fault of the server's is the whole request's: what was admitted is found again by the key. */
function failed(error: unknown): { error: ReturnType<typeof toProblem> } {
  if (!isAppError(error) || errorCatalogue[error.code].status >= 500) throw error;
  return { error: toProblem(error) };
}
