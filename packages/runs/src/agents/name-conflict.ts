import { AppError } from "@llamaagent/core";
import { sqlState, unwrapOrmError } from "@llamaagent/db";

const UNIQUE_VIOLATION = "23505";

/**
 * Runs a statement that may break the unique index on the agents' names, the only one that it can
 * break: ids are new. Looking first would leave a gap between the look and the write.
 */
export async function withNameConflict<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (sqlState(cause) !== UNIQUE_VIOLATION) throw cause;
    throw new AppError("conflict", {
      detail: `There is already an agent named '${name}'`,
      errors: [{ pointer: "/name", message: "is the name of another agent" }],
      // Causes are logged, and drizzle's error around the database's repeats the values.
      cause: unwrapOrmError(cause),
    });
  }
}
