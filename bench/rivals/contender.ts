/** A server that the same questions are put to. */
export interface Contender {
  name: string;
  url: string;
  /** Everything whose CPU a run costs: servers and stores. Others after a new start. */
  pids(): number[];
  /** Sent with every request. */
  headers: Record<string, string>;
  /** A POST that is answered when the run has ended. */
  wait: {
    path: string;
    body(question: string): object;
    /** The model's answer in the response; throws where that has another shape. */
    answer(response: unknown): string;
  };
  close(): Promise<void>;
}

export interface KillableContender extends Contender {
  /** A POST that is answered at once, while the run goes on. */
  background: {
    path: string;
    body(question: string): object;
    /** Where the run is looked for, from the response to its POST. */
    runPath(response: unknown): string;
    /** The model's answer in what stands there; undefined while there is none. */
    answer(looked: unknown): string | undefined;
  };
  /** kill -9 of all its own processes at once. Stores, where it has any, are others' processes. */
  killServers(): Promise<void>;
  startAgain(): Promise<void>;
}
