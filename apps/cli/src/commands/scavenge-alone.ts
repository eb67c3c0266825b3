import { setFlagsFromString } from "node:v8";

/**
 * Each thread of this process collects its young generation by itself. Little of it is alive, what is under way, so
 * waking V8's helper threads takes more CPU than they save (`docs/performance.md`); of the embedded server that was
 * not measured. The flag is read at each collection.
 */
export function scavengeAlone(): void {
  setFlagsFromString("--no-parallel-scavenge");
}
