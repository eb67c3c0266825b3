import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { spawnNode } from "./services/spawn-node.ts";

const main = fileURLToPath(new URL("fake-openai-main.ts", import.meta.url));

it.each([
  ["turns.json", JSON.stringify([{ text: "Hi" }])],
  ["script.ts", 'export const script = () => ({ text: "Hi" });'],
])("runs as a process of its own, with the script of %s", async (name, text) => {
  const folder = await mkdtemp(join(tmpdir(), "fake-openai-"));
  const file = join(folder, name);
  await writeFile(file, text);
  const fake = await spawnNode([main, "--script", file]);
  const [url = ""] = await fake.waitFor(/^http:\S+\/v1$/);
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Go" }] });
  const answer = await fetch(`${url}/chat/completions`, { method: "POST", body });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "Hi" } }] });
  expect(await (await fetch(new URL("/calls", url))).json()).toMatchObject([{ userText: "Go" }]);
  await fake.kill("SIGTERM");
  expect(await fake.exited).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});
