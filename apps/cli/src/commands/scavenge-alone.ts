import { setFlagsFromString } from "node:v8";

/**
 * The main thread collects the young generation by itself. Little of it is alive, what is under way, so waking
 * V8's helper threads takes more CPU than they save: 5 to 10 % of a run's (`docs/performance.md`). The flag is
 * read at each collection.
 */
export function scavengeAlone(): void {
  setFlagsFromString("--no-parallel-scavenge");
}
