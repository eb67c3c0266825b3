import {
  AppError,
  errorCatalogue,
  isAppError,
  type Principal,
  problemDetails,
  toProblem,
} from "@llamaagent/core";
import {
  type AdmitRun,
  admitRun,
  type RunsContext,
  sharesCommit,
  takeBatchKey,
} from "@llamaagent/runs";
import { idempotencyOf, type ReadAdmission } from "./admission.ts";
import type { ApiDependencies } from "../../api-dependencies.ts";
import type { RunBatchCreated } from "./run-batch.schemas.ts";
import { type AdmissionHeaders, RunCreate } from "./run-create.schemas.ts";

type Outcome = RunBatchCreated["items"][number];

/** Of a batch's transactions: others than those that share one must not take all connections. */
const AT_ONCE = 4;

interface Place {
  index: number;
  wanted: AdmitRun;
}

/**
 * Admits each by itself, those of one thread in their order; what is wrong with one is its own outcome. Of a
 * batch with a key the n-th has one that no header can hold, so that a repeat finds the same runs; without one, where the
 * client says that it is a repeat, each is known by its body, and of several of the same each by its place among them.
 */
export async function admitBatch(
  { context, admission }: Pick<ApiDependencies, "context" | "admission">,
  principal: Principal,
  bodies: readonly unknown[],
  headers: AdmissionHeaders,
): Promise<Outcome[]> {
  const key = headers["idempotency-key"];
  if (key !== undefined) await takeBatchKey(context, principal, idempotencyOf(key, bodies));
  const outcomes: Outcome[] = [];
  const places: Place[] = [];
  for (const [index, body] of bodies.entries()) {
    const wanted = outcomeOrError(() => parse(admission, body, headersOf(headers, index)));
    if ("error" in wanted) outcomes[index] = wanted;
    else places.push({ index, wanted });
  }
  const admitLine = async (line: readonly Place[]): Promise<void> => {
    for (const { index, wanted } of line) outcomes[index] = await admit(context, principal, wanted);
  };
  // All at once: then they are one transaction.
  const sharing = places.filter(({ wanted }) => sharesCommit(wanted));
  const alone = linesOf(places.filter(({ wanted }) => !sharesCommit(wanted))).values();
  const admitAlone = async (): Promise<void> => {
    for (const line of alone) await admitLine(line);
  };
  await Promise.all([
    ...sharing.map((place) => admitLine([place])),
    ...Array.from({ length: AT_ONCE }, admitAlone),
  ]);
  return outcomes;
}

/** What is to be admitted one after the other: those of one thread, and repeats of one request. */
function linesOf(places: readonly Place[]): Map<string | number, Place[]> {
  const lines = new Map<string | number, Place[]>();
  const same = new Map<string, number>();
  for (const { index, wanted } of places) {
    const { threadId, bodyHash = "", isRepeat } = wanted;
    const sameBefore = same.get(bodyHash) ?? 0;
    same.set(bodyHash, sameBefore + 1);
    const name = threadId ?? (isRepeat ? bodyHash : index);
    const line = lines.get(name) ?? [];
    lines.set(name, line);
    line.push({ index, wanted: { ...wanted, sameBefore } });
  }
  return lines;
}

function headersOf(
  { "idempotency-key": key, ...headers }: AdmissionHeaders,
  index: number,
): AdmissionHeaders {
  return { ...headers, "idempotency-key": key && `${key}\u0001${index}` };
}

function parse(admission: ReadAdmission, body: unknown, headers: AdmissionHeaders): AdmitRun {
  const parsed = RunCreate.safeParse(body);
  if (!parsed.success)
    throw new AppError("invalid_request", {
      errors: problemDetails(parsed.error, { value: body, prefix: [] }),
    });
  return admission(parsed.data, headers);
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
