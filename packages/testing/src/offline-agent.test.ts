import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "@llamaagent/agents";
import { createPluginRegistry } from "@llamaagent/core";
import { createChatModel } from "@llamaagent/models/chat";
import { modelsPlugin } from "@llamaagent/models/manifest";
import { createToolExecutor } from "@llamaagent/tools";
import { toolsPlugin } from "@llamaagent/tools/manifest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const registry = createPluginRegistry([
  { source: "built-in models", plugin: modelsPlugin },
  { source: "built-in tools", plugin: toolsPlugin },
]);

const files: Record<string, string> = {
  "bakery.txt": `Harlow's Bakery was founded in 1962 by Edith Harlow, who had worked in
her uncle's mill as a girl. The first shop stood at 14 Canal Street and
sold four kinds of bread. Edith's daughter Ruth took over the business in
1989 and opened two more shops.

The sourdough is left to rest for eighteen hours before it is baked. Rye
loaves are baked on Tuesdays and Fridays only, because the oven has to be
cooler for them.

Today the bakery employs 37 people. Complaints go to Mr. Dalton, who
answers the telephone on weekdays between nine and noon.
`,
  "people.csv": `name,department,office,salary_eur,start_date
Maria Silva,Engineering,Lisbon,72000,2019-03-01
Jonas Weber,Engineering,Berlin,98000,2015-07-15
"O'Neill, Sean",Sales,Dublin,88000,2018-09-03
`,
  "settings.json": `{
  "server": {
    "port": 8443,
    "limits": { "maxBodyBytes": 2097152 }
  },
  "database": {
    "pool": { "min": 2, "max": 20 }
  }
}
`,
  "retry.ts": `/** Most attempts of one request. */
export const maxAttempts = 7;

// Doubles with each attempt, so that a busy server gets room.
export function retryDelayMs(attempt: number): number {
  return 100 * 2 ** attempt;
}
`,
  // Beyond what is read as a whole: the answer is found by the search.
  "long.md": `${"# Log\n\nNothing happened on this day either, and nobody asked why.\n".repeat(3000)}
The lighthouse keeper was called Barnaby Finch.
`,
};

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "offline-agent-"));
  for (const [path, text] of Object.entries(files)) await writeFile(join(workspace, path), text);
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

async function ask(question: string) {
  const model = await createChatModel({ registry, modelId: "offline/extractive", env: {} });
  const agent = createAgent({
    name: "reader",
    model,
    tools: (runId) =>
      createToolExecutor({
        tools: registry.tools,
        names: ["list_files", "search_files", "read_file", "calculator", "current_time"],
        context: { runId, workspace, now: () => new Date("2026-11-24T10:00:00Z") },
      }),
  });
  const run = agent.run(question, { files: Object.keys(files) });
  const { output, messages } = await run.result;
  const calls = messages.flatMap((message) => message.tool_calls ?? []).map((call) => call.name);
  return { output, calls };
}

/** The quoted lines of an answer, with the places that it gives for them. */
function quotes(answer: string): { path: string; line: number; text: string }[] {
  const found: { path: string; line: number; text: string }[] = [];
  let place = { path: "", line: 0 };
  for (const line of answer.split("\n")) {
    const at = /^(.+):(\d+)(?:-\d+)?$/.exec(line);
    if (line.startsWith("> ")) found.push({ ...place, text: line.slice(2) });
    if (line.startsWith("> ")) place = { ...place, line: place.line + 1 };
    else if (at) place = { path: at[1] ?? "", line: Number(at[2]) };
  }
  return found;
}

describe("an agent on offline/extractive with the file tools", () => {
  it.each([
    ["Who founded the bakery?", "bakery.txt", 1],
    ["How many employees does the bakery have?", "bakery.txt", 10],
    ["Why are rye loaves baked only on two days?", "bakery.txt", 7],
    ["Who handles complaints?", "bakery.txt", 10],
    ["What is Maria Silva's salary?", "people.csv", 2],
    ["Who works in Dublin?", "people.csv", 4],
    ["Which port does the server have?", "settings.json", 3],
    ["What is the maximum size of the database pool?", "settings.json", 7],
    ["How many attempts of a request are there at most?", "retry.ts", 2],
    ["What does retryDelayMs return?", "retry.ts", 6],
    ["Who was the lighthouse keeper?", "long.md", 9002],
  ])("%s → %s:%i, quoted exactly", async (question, path, line) => {
    const { output, calls } = await ask(question);
    const quoted = quotes(output);
    expect(quoted.map((quote) => `${quote.path}:${quote.line}`)).toContain(`${path}:${line}`);
    for (const quote of quoted) {
      const lines = (await readFile(join(workspace, quote.path), "utf8")).split("\n");
      expect(quote.text).toBe(lines[quote.line - 1]);
    }
    expect(new Set(calls)).toEqual(new Set(["list_files", "search_files", "read_file"]));
  });

  it.each([
    "What is the capital of Portugal?",
    "Does the bakery have a website?",
    "Which Kafka topic is used?",
    "What is Barbara Liskov's salary?",
  ])("%s → not answered, and nothing quoted", async (question) => {
    const { output } = await ask(question);
    expect(output).toMatch(/^This is not answered by the \d files that were read\./);
    expect(quotes(output)).toEqual([]);
  });

  it("says what is there of the rest, where what is asked for is not", async () => {
    const { output } = await ask("What is the name of Edith's husband?");
    expect(output).toMatch(
      /^This is not answered by the 4 files that were read\. .*husband.*\. It does mention:\n/,
    );
    expect(quotes(output).map(({ path, line }) => `${path}:${line}`)).toEqual([
      "bakery.txt:3",
      "bakery.txt:4",
    ]);
  });

  it("lists the files when asked for them", async () => {
    const { output, calls } = await ask("Which files are there?");
    expect(output).toContain(`- settings.json (${files["settings.json"]?.length} bytes)`);
    expect(calls).toEqual(["list_files"]);
  });

  it("calculates and tells the time with the tools for it", async () => {
    expect(await ask("What is (3 + 4) * 2?")).toEqual({
      output: "(3 + 4) * 2 = 14",
      calls: ["calculator"],
    });
    const { output, calls } = await ask("What time is it?");
    expect(output).toContain("2026-11-24T10:00:00");
    expect(calls).toEqual(["current_time"]);
  });
});
