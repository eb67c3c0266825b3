import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../services/temporary-folder.ts";
import { readEffects, startEffectServer } from "./effect-server.ts";

it("keeps each call in the order of arrival, in its file too, and nothing that is no call", async () => {
  const folder = await temporaryFolder("effect-server");
  const file = join(folder.path, "effects.jsonl");
  const server = await startEffectServer({ file });
  const call = { tool: "write_once", label: "run 1", key: "r:model/0/tools/0", pid: 7 };
  const tell = async (path: string, body: object) =>
    (await fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) })).status;
  expect(await tell("/begun", call)).toBe(204);
  expect(await tell("/done", call)).toBe(204);
  expect(await tell("/done", { tool: "write_once" })).toBe(400);
  expect(await tell("/other", call)).toBe(404);
  const at: unknown = expect.any(Number);
  expect(await readEffects(server.url)).toEqual([
    { ...call, phase: "begun", at },
    { ...call, phase: "done", at },
  ]);
  const kept = (await readFile(file, "utf8")).trim().split("\n");
  expect(kept.map((line): unknown => JSON.parse(line))).toEqual(server.lines);
  await server.close();
  await folder.remove();
});
