import { expect, it } from "vitest";
import { startLoadedServer } from "./loaded-server.ts";
import { startVu } from "./vu/start-vu.ts";

// The runner knows no `--vus`: with it k6 calls the default function in place of the scenarios'.
it.each(["runs", "spike"])("%s.js by default waits for one run", async (name) => {
  await using server = await startLoadedServer(() => ({ json: { run: { run_id: "r" } } }));
  const vu = await startVu(1, {
    script: new URL(`../../../../infra/k6/${name}.js`, import.meta.url),
    env: { LLAMAAGENT_URL: server.url },
    onMetric: () => undefined,
    onSample: () => undefined,
    onAbort: () => undefined,
  });
  try {
    expect(await vu.call({ function: "default", arguments: [] })).toMatchObject({
      kind: "returned",
    });
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /runs/wait"]);
  } finally {
    await vu.end();
  }
});
