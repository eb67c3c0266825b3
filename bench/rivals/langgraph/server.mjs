/**
 * LangGraph.js's server in memory, as `langgraphjs dev` starts it: `node server.mjs PORT FOLDER`.
 * What was tried for its best setting, 50 requests at once on a model of 50 ms, two cores:
 *
 * - `startServer` itself, or the command line with `--no-reload`: the same (80–82 runs/s). This
 *   one is one process less.
 * - `nWorkers` (`--n-jobs-per-worker`, 10 as it ships): each takes one run, and looks for the next every
 *   0–1 s. 50: 76 runs/s; 100, 200, 500 and 2,000: 80–82 runs/s. 200: more find nothing better, and
 *   looking costs CPU (500 idle ones: 3% of a core).
 * - `LOG_LEVEL=error`: `info` writes five lines a run. NODE_ENV=production, no tracing.
 * - Stateless runs (POST /runs/wait without a thread): no checkpoint is made, the run is forgotten after it.
 *
 * What is left is its own: whoever waits is told of the end of a run only by a time-out of 500 ms
 * (`Stream.join` in dist/storage/ops.mjs: nothing sends the `done` that it waits for), whatever is set.
 */
import { join } from "node:path";
import { startServer } from "@langchain/langgraph-api/server";

const [port, folder] = process.argv.slice(2);
await startServer({
  port: Number(port),
  host: "127.0.0.1",
  nWorkers: 200,
  // Where it writes what it has in memory, once nothing has changed for 3 s.
  cwd: folder,
  graphs: { ask: `${join(import.meta.dirname, "graph.mjs")}:ask` },
});
process.stdout.write("ready\n");
