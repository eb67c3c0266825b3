/**
 * The fake OpenAI server as a process of its own, for tests that kill the server under test:
 * `node packages/testing/src/fake-openai-main.ts --script turns.json [--port 4010]`. The script is a
 * JSON list of turns, or a module that exports `script`. Prints its URL on one line once it listens.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type FakeScript, startFakeOpenAi } from "./fake-openai.ts";

const { values } = parseArgs({
  options: { script: { type: "string" }, port: { type: "string", default: "0" } },
});
if (values.script === undefined) throw new Error("--script FILE is needed");
const fake = await startFakeOpenAi({
  script: await loadScript(values.script),
  port: Number(values.port),
});
process.stdout.write(`${fake.url}\n`);
process.once("SIGTERM", () => void fake.close());

async function loadScript(file: string): Promise<FakeScript> {
  // The files are our own tests'; a wrong shape shows at the first call.
  if (file.endsWith(".json")) return JSON.parse(await readFile(file, "utf8")) as FakeScript;
  const module = (await import(pathToFileURL(resolve(file)).href)) as { script: FakeScript };
  return module.script;
}
