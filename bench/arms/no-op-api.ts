import { join } from "node:path";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";

export interface NoOpApi {
  url: string;
  close(): Promise<void>;
}

/** The server with the route `POST /no-op`, as a process of its own. */
export async function startNoOpApi(databaseUrl: string): Promise<NoOpApi> {
  const file = join(import.meta.dirname, "no-op-api-main.ts");
  const started = await spawnNode([file, databaseUrl]);
  const [, url = ""] = await started.waitFor(/^listening at (\S+)$/);
  return { url, close: () => started.kill() };
}
