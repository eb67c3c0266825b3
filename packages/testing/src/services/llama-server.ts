import { fileURLToPath } from "node:url";
import { localBinaries } from "../test-binaries/local-binaries.ts";
import { freePort } from "./free-port.ts";
import { type SpawnedProcess, spawnProcess } from "./spawn-process.ts";

export interface RunningLlamaServer {
  /** OpenAI-compatible, ends in `/v1`. */
  baseUrl: string;
  apiKey: string;
  model: "smollm2";
  process: SpawnedProcess;
  close(): Promise<void>;
}

/** Why no real small model can be started here; undefined where it can. */
export function llamaServerMissing(): string | undefined {
  const { llamaServer, smolLm2 } = localBinaries();
  return llamaServer && smolLm2 ? undefined : "npm run services -- fetch llamaServer smolLm2";
}

const template = fileURLToPath(new URL("weather-tool-template.jinja", import.meta.url));

/**
 * SmolLM2-135M under llama.cpp: ready in 1–2 s, 120–150 tokens/s. It answers alike each time, and
 * calls a tool when asked "What is the weather in …?" with one that takes a `city`.
 */
export async function startLlamaServer(): Promise<RunningLlamaServer> {
  const { llamaServer, smolLm2 } = localBinaries();
  if (!llamaServer || !smolLm2) throw new Error(`no llama.cpp here: ${llamaServerMissing()}`);
  const port = await freePort();
  const apiKey = "test-key-of-llama-server";
  const options = {
    "-m": smolLm2,
    "--host": "127.0.0.1",
    "--port": String(port),
    "-c": "8192",
    "-np": "2",
    // One thread: two threads on two busy cores run 10–80 times slower.
    "-t": "1",
    "--alias": "smollm2",
    "--temp": "0",
    "--chat-template-file": template,
    "--api-key": apiKey,
  };
  const running = await spawnProcess(
    llamaServer.executable,
    ["--jinja", "--no-ui", "--offline", ...Object.entries(options).flat()],
    { env: { ...process.env, LD_LIBRARY_PATH: llamaServer.bin } },
  );
  await running.waitFor(/listening on http/, { timeoutSeconds: 60 });
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey,
    model: "smollm2",
    process: running,
    close: () => running.kill(),
  };
}
