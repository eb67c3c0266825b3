import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPluginRegistry, type Json } from "@llamaagent/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createToolExecutor } from "./create-tool-executor.ts";
import { toolInfo } from "./tool-info.ts";
import { toolsPlugin } from "./tools-plugin.ts";

const registry = createPluginRegistry([{ source: "built-in", plugin: toolsPlugin }]);
const names = ["read_file", "list_files", "search_files", "calculator", "current_time"];
let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "tools-"));
  await writeFile(join(workspace, "a.md"), "one\nTwo words\nthree\n");
});
afterEach(() => rm(workspace, { recursive: true }));

function call(name: string, input: Json) {
  const now = () => new Date("2026-01-31T23:30:00Z");
  const context = { runId: "r", workspace, now };
  const executor = createToolExecutor({ tools: registry.tools, names, context });
  const options = { signal: new AbortController().signal, step: "model/0/tools/0" };
  return executor.call({ id: "c", name, arguments: input }, options);
}

describe("the built-in tools", () => {
  it("are five, none with an effect, each with a schema that names its arguments", () => {
    expect([...registry.tools.keys()]).toEqual(names);
    const infos = [...registry.tools.values()].map(toolInfo);
    expect(infos.map((info) => info.effect)).toEqual(Array(5).fill("none"));
    expect(infos.map((info) => Object.keys(Object(info.parameters["properties"])))).toEqual([
      ["path", "start_line", "end_line"],
      ["path", "pattern"],
      ["query", "path", "pattern", "max_results"],
      ["expression"],
      ["time_zone"],
    ]);
  });

  it.each<[string, Json, Json]>([
    [
      "read_file",
      { path: "a.md", start_line: 2, end_line: 2 },
      {
        path: "a.md",
        start_line: 2,
        end_line: 2,
        total_lines: 3,
        text: "Two words",
        truncated: false,
      },
    ],
    ["list_files", {}, { files: [{ path: "a.md", size_bytes: 20 }], truncated: false }],
    [
      "search_files",
      { query: "two words" },
      { matches: [{ path: "a.md", line: 2, text: "Two words" }], truncated: false },
    ],
    ["calculator", { expression: "6 * 7" }, { result: 42 }],
    [
      "current_time",
      { time_zone: "Asia/Kolkata" },
      {
        utc: "2026-01-31T23:30:00.000Z",
        time_zone: "Asia/Kolkata",
        local: "2026-02-01T05:00:00+05:30",
        weekday: "Sunday",
      },
    ],
  ])("%s answers %j", async (name, input, output) => {
    expect(await call(name, input)).toEqual({ status: "completed", output });
  });

  it.each<[string, Json, string]>([
    ["read_file", { path: "a.md", start_line: 3, end_line: 2 }, "/end_line"],
    ["read_file", { path: "" }, "/path"],
    ["search_files", { query: "  " }, "/query"],
    ["calculator", { expression: "1".repeat(1001) }, "/expression"],
    ["current_time", { time_zone: "Mars/Olympus" }, "/time_zone"],
  ])("%s points at what is wrong in %j", async (name, input, pointer) => {
    expect(await call(name, input)).toMatchObject({
      status: "failed",
      error: { code: "tool_input_invalid", errors: [{ pointer }] },
    });
  });

  it("tell the model what went wrong, without the workspace's place on the disk", async () => {
    const result = await call("read_file", { path: "b.md" });
    expect(result).toMatchObject({
      status: "failed",
      error: {
        code: "tool_failed",
        message: "'b.md' does not exist; list_files shows what does",
      },
    });
    expect(JSON.stringify(result)).not.toContain(workspace);
  });
});
