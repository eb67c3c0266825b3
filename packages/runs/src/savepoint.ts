import type { Tx } from "@llamaagent/db";

/** Work whose failure undoes its own writes only: the transaction goes on without them. */
export async function inSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.query("SAVEPOINT work");
  try {
    const result = await work();
    await tx.query("RELEASE SAVEPOINT work");
    return result;
  } catch (error) {
    await tx.query("ROLLBACK TO SAVEPOINT work");
    throw error;
  }
}
