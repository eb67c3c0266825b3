import { batchedCall, type Clock, type RunHint } from "@llamaagent/core";
import type { ClaimedRun } from "@llamaagent/runs";
import type { Slots } from "./slots.ts";

/** Fills a worker's slots with runs. */
export interface Claiming {
  /**
   * A hint says that there is work, for so many slots. Which, is asked when a slot is free: the hint may
   * have waited for it, and somebody else's run may come first by now. Where slots are free, but fewer,
   * `passOn` is called with what is too much; a full worker keeps the hint, for passed on it would come
   * back mostly. Rejects with the signal's reason.
   */
  claimHinted(hint: Pick<RunHint, "runId" | "runs">, passOn: (runs: number) => void): Promise<void>;
  /** A hint may be about to come: the claim that it will ask for begins now, where a slot is free. */
  claimAnnounced(): void;
  /** The answer to lost hints, to hints that a busy worker holds, and to a Redis that is away. */
  claimDirectly(): Promise<void>;
  /**
   * The same, also where hints come: those of a run that other workers leave to this one may have gone to
   * them, and its own say nothing of that run.
   */
  claimAnyway(): Promise<void>;
  /** Resolves once what is being claimed now is at work. */
  settled(): Promise<void>;
}

export interface ClaimingOptions {
  slots: Slots;
  clock: Pick<Clock, "monotonicMs">;
  /** Whether the worker may own more runs now. */
  mayClaim: () => boolean;
  /** So many of the queue by each order: see `claimFirst`. */
  claimFirst: (counts: { age: number; priority: number }) => Promise<ClaimedRun[]>;
  /** Puts a run to work in the slot that was acquired for it, which it releases at its end. */
  take: (claimed: ClaimedRun) => void;
  onError: (error: unknown) => void;
  /** Ends the wait for slots. */
  signal: AbortSignal;
}

/** A worker with a free slot claims from Postgres so often; at once again while it fetched no hint for this long. */
export const DIRECT_CLAIM_MS = 1_000;
/** So often the oldest run is claimed, whatever the hints say: nobody starves. */
const OLDEST_EVERY = 8;
const CLAIMS_MAX = 50;
/** With each hint that it hands out BullMQ announces that there may be another, mostly for nothing. */
const ECHO_MS = 5;
/** Where one was for nothing, as those of other workers' hints are, no other is heeded for so long. */
const IN_VAIN_MS = 1_000;

export function createClaiming(options: ClaimingOptions): Claiming {
  const { slots, clock, mayClaim, claimFirst } = options;
  let fetchedAt = -Infinity;
  /** The last claim of several got all that it asked for. */
  let hasMore = false;
  /**
   * Runs that were claimed ahead of their hints, while the queue had more. Hints of as many tell a full
   * worker nothing, and would pile up in Redis while it waits for slots with each.
   */
  let ahead = 0;
  /** The run that was claimed for a hint that was announced, and is not there yet. */
  let announced: Promise<string | undefined> | undefined;
  let inVainAt = -Infinity;
  const claims = new Set<Promise<unknown>>();
  let claimCount = 0;

  const claimFor = batchedCall({
    itemsMax: CLAIMS_MAX,
    async call(slotsToFill: ("priority" | "age")[]) {
      // Not before: this batch may have waited for one that hung.
      if (!mayClaim()) return slotsToFill.map(() => undefined);
      const age = slotsToFill.filter((by) => by === "age").length;
      const priority = slotsToFill.length - age;
      const claimed = await claimFirst({ age, priority });
      hasMore = claimed.length > 1 && claimed.length === slotsToFill.length;
      return slotsToFill.map((_, index) => claimed[index]);
    },
  });

  async function tryClaim(): Promise<ClaimedRun | undefined> {
    claimCount += 1;
    try {
      return await claimFor(claimCount % OLDEST_EVERY === 0 ? "age" : "priority");
    } catch (error) {
      options.onError(error);
      return undefined;
    }
  }

  /** Takes a run, whose id it answers, into the slot that the caller acquired; where there was none it is free again. */
  async function claim(): Promise<string | undefined> {
    const claiming = tryClaim();
    claims.add(claiming);
    const claimed = await claiming;
    claims.delete(claiming);
    if (claimed === undefined) {
      slots.release();
      return undefined;
    }
    options.take(claimed);
    return claimed.run.run_id;
  }

  /** Claims for all free slots; false where the queue had fewer, or no slot is free. */
  async function fill(): Promise<boolean> {
    const claiming: Promise<string | undefined>[] = [];
    while (slots.tryAcquire()) claiming.push(claim());
    if (claiming.length === 0 || !(await takenAll(claiming))) return false;
    // Where none come, as with Redis away, none is dropped for them later.
    if (comeHints()) ahead += claiming.length;
    return true;
  }

  /** False where the queue has no more: then all that hints could tell of has been claimed. */
  async function takenAll(claiming: readonly Promise<string | undefined>[]): Promise<boolean> {
    const taken = await Promise.all(claiming);
    const all = !taken.includes(undefined);
    if (!all) ahead = 0;
    return all;
  }

  const comeHints = (): boolean => clock.monotonicMs() - fetchedAt <= DIRECT_CLAIM_MS;

  async function claimDirectly(): Promise<void> {
    while (hasMore || !comeHints()) if (!(await fill())) return;
  }

  /** What is left of a hint for so many runs that comes while no slot is free. */
  function notAhead(runs: number): number {
    const told = Math.min(runs, ahead);
    ahead -= told;
    return runs - told;
  }

  /** Whether the hint's own run was claimed when it was announced: another's has a hint of its own. */
  async function isTakenBefore({ runId }: Pick<RunHint, "runId">): Promise<boolean> {
    const early = announced;
    announced = undefined;
    return early !== undefined && (await early) === runId;
  }

  return {
    claimAnnounced() {
      const now = clock.monotonicMs();
      if (now - fetchedAt < ECHO_MS || now - inVainAt < IN_VAIN_MS) return;
      if (!mayClaim() || !slots.tryAcquire()) return;
      const early = claim();
      announced = early;
      early.then(
        (runId) => {
          if (runId === undefined) inVainAt = clock.monotonicMs();
        },
        () => undefined, // its hint fails with it
      );
    },
    async claimHinted(hint, passOn) {
      fetchedAt = clock.monotonicMs();
      const isTaken = await isTakenBefore(hint);
      const runs = isTaken ? hint.runs - 1 : hint.runs;
      // A worker that has just taken a run was not full.
      const isFull = !isTaken && slots.free === 0;
      if (isTaken && runs > 0 && slots.free === 0) return passOn(runs);
      for (let left = isFull ? notAhead(runs) : runs; left > 0;) {
        await slots.acquire(options.signal);
        const claiming = [claim()];
        while (claiming.length < left && slots.tryAcquire()) claiming.push(claim());
        left -= claiming.length;
        if (!isFull && left > 0) {
          passOn(left);
          left = 0;
        }
        if (!(await takenAll(claiming))) return;
      }
    },
    claimDirectly,
    async claimAnyway() {
      if (await fill()) await claimDirectly();
    },
    settled: async () => void (await Promise.all(claims)),
  };
}
