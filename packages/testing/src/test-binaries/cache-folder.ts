import { homedir } from "node:os";
import { join } from "node:path";

/** Outside the repository, shared by all clones: `$XDG_CACHE_HOME`, else `~/.cache`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const root = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(root, "llamaagent", "test-services");
}
