import { AppError } from "@llamaagent/core";
import type { RunStatement, Scope, Session } from "./session.ts";
import { unwrapOrmError } from "./sql-errors.ts";

/** As `RunStatement`; after the last one the transaction is committed. */
export type TransactionStatement = (
  ...statement: [...Parameters<RunStatement>, isLast?: boolean]
) => Promise<unknown[]>;

export interface Begin {
  /** `BEGIN …`. */
  text: string;
  /** What the text sets, for a transaction that is sent whole; absent: it cannot be. */
  scope?: Scope;
}

/**
 * BEGIN … COMMIT around the work. The statements of a transaction run one after the other, also
 * where the work starts several at once.
 */
export async function runTransaction<T>(
  session: Session,
  begin: Begin,
  work: (run: TransactionStatement) => Promise<T>,
): Promise<T> {
  let over = false;
  let statementFailed = false;
  /** The last statement, whose COMMIT goes with it. */
  let final: Promise<unknown[]> | undefined;
  let isCommitted = false;
  let began: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  function beginOnce(): void {
    if (began !== undefined) return;
    began = session.control(begin.text);
    // Awaited below: a BEGIN that fails fails what is sent behind it too.
    began.catch(() => undefined);
    if (!session.pipelines) last = began;
  }
  /** The statement as the whole transaction, where it can be. */
  function runWhole(...statement: Parameters<RunStatement>): Promise<unknown[]> | undefined {
    if (began !== undefined || begin.scope === undefined) return undefined;
    return session.runWhole?.(begin.scope, ...statement);
  }
  // Else with the first statement, which may be all there is.
  if (begin.scope === undefined || session.runWhole === undefined) beginOnce();
  const run: TransactionStatement = (text, values, rowMode, isLast = false) => {
    if (over)
      return Promise.reject(new AppError("internal", { detail: "The transaction is over" }));
    over = isLast;
    const whole = isLast ? runWhole(text, values, rowMode) : undefined;
    if (whole === undefined) beginOnce();
    const send = async (): Promise<unknown[]> => {
      if (whole !== undefined) {
        await whole;
        isCommitted = true;
        return whole;
      }
      const sent = session.run(text, values, rowMode);
      if (!isLast) return sent;
      if (!session.pipelines) await sent;
      // Behind a statement that fails it rolls back: whoever waits for the rows learns of the failure.
      const committing = session.control("COMMIT");
      await Promise.all([sent, committing]);
      isCommitted = true;
      return sent;
    };
    const rows = last.then(send);
    if (isLast) final = rows;
    last = rows.then(
      () => {},
      () => {
        statementFailed = true;
      },
    );
    return rows;
  };
  try {
    const result = await work(run);
    over = true;
    await began;
    await last;
    await final;
    // After a failed statement whose error the work swallowed, COMMIT rolls back and says so only in
    // its tag; any statement is refused (25P02) unless a savepoint has saved the transaction.
    if (statementFailed) await session.run("SELECT 1", [], "array");
    if (!isCommitted && began !== undefined) await session.control("COMMIT");
    return result;
  } catch (error) {
    over = true;
    await last;
    const wasSent = began !== undefined || final !== undefined;
    if (wasSent && !isCommitted) await session.control("ROLLBACK").catch(() => session.discard());
    // Of what was sent behind a BEGIN that failed, errors say only that the transaction is aborted.
    const reason: unknown = await began?.then(
      () => error,
      (failure: unknown) => failure,
    );
    throw unwrapOrmError(reason ?? error);
  }
}
