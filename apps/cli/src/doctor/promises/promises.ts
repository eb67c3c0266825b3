/** One thing that every run is promised. */
export interface RunPromise {
  number: number;
  promise: string;
  /** Within what time, and what has to hold for it in every topology. */
  bound: string;
}

/** The one list; docs/durability.md shows it as a table, and a test compares the two. */
export const PROMISES: readonly RunPromise[] = [
  {
    number: 1,
    promise:
      "A request answered 2xx is a run that ends, whatever process dies next; also while Redis is down or emptied.",
    bound:
      "at the latest by its timeout_seconds, counted from its first claim; 24 h if nobody claims it, 7 days if it waits for a person; a worker must live",
  },
  {
    number: 2,
    promise:
      "A finished step is never repeated. A tool call whose outcome is unknown is never silently repeated.",
    bound:
      "finished is what is committed, at most 50 ms after the step ended; a model call or a read that was not committed runs again; tools must declare their effect truly",
  },
  {
    number: 3,
    promise: "A worker's death is noticed and its runs go on elsewhere within 15 s.",
    bound: "for 99 of 100 runs, where another worker has a free slot and Postgres is up",
  },
  {
    number: 4,
    promise:
      "A worker that was frozen or cut off cannot write after its successor began, neither to Postgres nor to a reader's stream.",
    bound: "none: every write carries the run's epoch; clocks play no part",
  },
  {
    number: 5,
    promise:
      "A client that lost its stream reads on from where it was, on any replica, without a gap or a repeat.",
    bound:
      "the client sends Last-Event-ID and drops what a new epoch voids (ours does); up to 3 s late while Redis is away, about 10 s where it was emptied",
  },
  {
    number: 6,
    promise: "A run has exactly one end. Cancelled, nothing new starts more than 1 s later.",
    bound:
      "1 s from the answer to the cancellation, where Postgres is up; a tool under way is told by its signal",
  },
];
