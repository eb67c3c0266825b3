import { AppError } from "@llamaagent/core";
import type { RunStatement, Session } from "./session.ts";
import { unwrapOrmError } from "./sql-errors.ts";

/**
 * BEGIN … COMMIT around the work. The statements of a transaction run one after the other, also
 * where the work starts several at once.
 */
export async function runTransaction<T>(
  session: Session,
  begin: string,
  work: (run: RunStatement) => Promise<T>,
): Promise<T> {
  let over = false;
  let statementFailed = false;
  let last: Promise<void> = Promise.resolve();
  const run: RunStatement = (text, values, rowMode) => {
    if (over)
      return Promise.reject(new AppError("internal", { detail: "The transaction is over" }));
    const rows = last.then(() => session.run(text, values, rowMode));
    last = rows.then(
      () => {},
      () => {
        statementFailed = true;
      },
    );
    return rows;
  };
  try {
    await session.control(begin);
    const result = await work(run);
    over = true;
    await last;
    // After a failed statement whose error the work swallowed, COMMIT rolls back and says so only in
    // its tag; any statement is refused (25P02) unless a savepoint has saved the transaction.
    if (statementFailed) await session.run("SELECT 1", [], "array");
    await session.control("COMMIT");
    return result;
  } catch (error) {
    over = true;
    await last;
    await session.control("ROLLBACK").catch(() => session.discard());
    throw unwrapOrmError(error);
  }
}
