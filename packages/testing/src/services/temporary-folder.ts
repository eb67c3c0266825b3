import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whenWeDie } from "./watchdog.ts";

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** Removed with `remove()`, and also when this process dies without calling it. */
export async function temporaryFolder(label: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `llamaagent-${label}-`));
  const callOff = whenWeDie(
    // Processes killed with us may write for a moment longer.
    'for _ in 1 2 3 4 5; do rm -rf -- "$1" 2>/dev/null && exit; sleep 1; done',
    [path],
  );
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      callOff();
    },
  };
}
