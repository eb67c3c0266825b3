import { batchedCall } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { type RunChange, RunLost, type RunWrite, writeRuns } from "./write-run.ts";

type OwnersWrite = RunWrite & { change?: RunChange };

/** Stores what the owner of runs has to store; what comes at the same time shares a commit. */
export interface RunWriter {
  /** See `writeRuns`. Throws `RunLost`. */
  write(write: OwnersWrite): Promise<{ cancelRequested: boolean }>;
}

const WRITES_MAX = 100;

export function createRunWriter(db: Database): RunWriter {
  const write = batchedCall({
    itemsMax: WRITES_MAX,
    async call(writes: OwnersWrite[]) {
      try {
        return await db.system((tx) => writeEach(writes, tx));
      } catch (error) {
        // It is made again write by write, and the error may have come after the commit.
        for (const { batch } of writes) batch.mayBeStored = true;
        throw error;
      }
    },
  });
  return {
    async write(one) {
      const written = await write(one);
      if (written === undefined) throw new RunLost();
      return written;
    },
  };

  async function writeEach(
    writes: OwnersWrite[],
    tx: Parameters<typeof writeRuns>[0],
  ): Promise<Awaited<ReturnType<typeof writeRuns>>> {
    const kinds = Map.groupBy(writes, ({ change }) => change?.set);
    const answers = new Map<OwnersWrite, Awaited<ReturnType<typeof writeRuns>>[number]>();
    let left = kinds.size;
    for (const ofKind of kinds.values()) {
      left -= 1;
      const written = await writeRuns(tx, ofKind, { isLast: left === 0 });
      for (const [index, one] of ofKind.entries()) answers.set(one, written[index]);
    }
    return writes.map((one) => answers.get(one));
  }
}
