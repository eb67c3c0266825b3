import { type Capabilities, livingOffers, type RunsContext } from "@llamaagent/runs";
import { keptFor } from "./kept-for.ts";

export interface Offers {
  /** Whether a living worker has it. */
  isAvailable: (name: string) => boolean;
  /** What living workers have and this process does not, in order. */
  workersOnly: string[];
}

/** What living workers report of a kind, beside the names that are known here. Error: `service_unavailable`. */
export type WorkerOffers = (
  kind: keyof Capabilities,
  known: ReadonlyMap<string, unknown>,
) => Promise<Offers>;

/** As often as workers renew their rows. */
const KEPT_MS = 3_000;

export function createWorkerOffers({ db, clock }: Pick<RunsContext, "db" | "clock">): WorkerOffers {
  const read = keptFor(KEPT_MS, { clock, load: () => livingOffers(db) });
  return async (kind, known) => {
    const offered = new Set((await read()).flatMap((one) => one[kind]));
    return {
      isAvailable: (name) => offered.has(name),
      workersOnly: [...offered].filter((name) => !known.has(name)).toSorted(),
    };
  };
}
