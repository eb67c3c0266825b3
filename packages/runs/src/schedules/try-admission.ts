import { AppError, isAppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { admitIn } from "../admit-run.ts";
import type { NewRun } from "../new-run.ts";
import { inSavepoint } from "../savepoint.ts";

/** A run that is not to be: whose admission is undone. */
class Undone extends Error {}

/**
 * Refuses what no firing could start as things are: an agent or a thread that is not there. That a
 * thread is busy now, or the tenant has no room, says nothing of then. Error: `not_found`, with pointers into `/run`.
 */
export async function tryAdmission(tx: TenantTx, given: NewRun): Promise<void> {
  try {
    await inSavepoint(tx, async () => {
      await admitIn(tx, given);
      throw new Undone();
    });
  } catch (error) {
    if (
      error instanceof Undone ||
      isAppError(error, "conflict") ||
      isAppError(error, "rate_limited")
    )
      return;
    throw pointingInto("/run", error);
  }
}

/** The same error, its pointers into a part of the body. */
export function pointingInto(part: string, error: unknown): unknown {
  if (!isAppError(error) || error.errors === undefined) return error;
  const errors = error.errors.map(({ pointer, message }) => ({
    pointer: `${part}${pointer}`,
    message,
  }));
  return new AppError(error.code, { detail: error.message, errors, cause: error });
}
