import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "@llamaagent/agents";
import { createPluginRegistry } from "@llamaagent/core";
import { createChatModel } from "@llamaagent/models/chat";
import { modelsPlugin } from "@llamaagent/models/manifest";
import { createToolExecutor } from "@llamaagent/tools";
import { toolsPlugin } from "@llamaagent/tools/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const registry = createPluginRegistry([
  { source: "built-in models", plugin: modelsPlugin },
  { source: "built-in tools", plugin: toolsPlugin },
]);

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "offline-answers-"));
});
afterEach(() => rm(workspace, { recursive: true }));

/** The answer, and what its metadata says of it. */
async function ask(question: string, files: Record<string, string | Uint8Array>) {
  for (const [path, content] of Object.entries(files))
    await writeFile(join(workspace, path), content);
  const inner = await createChatModel({ registry, modelId: "offline/extractive", env: {} });
  let answered: unknown;
  const agent = createAgent({
    name: "reader",
    model: {
      ...inner,
      async *stream(request, options) {
        for await (const part of inner.stream(request, options)) {
          if (part.type === "completed") answered = part.response.metadata?.["answered"];
          yield part;
        }
      },
    },
    tools: (runId) =>
      createToolExecutor({
        tools: registry.tools,
        names: ["list_files", "search_files", "read_file"],
        context: { runId, workspace, now: () => new Date("2026-11-24T10:00:00Z") },
      }),
  });
  const { output } = await agent.run(question, { files: Object.keys(files) }).result;
  return { output, answered };
}

const retry = `import random
import time

MAX_ATTEMPTS = 5
JITTER = 0.1


# Waits longer after each failure.
def backoff(attempt, base_delay=0.2):
    return base_delay * 2 ** attempt + random.uniform(0, JITTER)
`;
const prose = `The lighthouse at Cape Farrow was built in 1871 by the engineer Ines Koller.
Its keeper, a former captain called Ahab Stone, lives there with two dogs.
Ships pass Cape Farrow only in summer, because the bay freezes in November.
`;
const people = `name,city,salary
Grace Hopper,New York,120000
Alan Turing,Manchester,110000
`;

describe("words of asking", () => {
  it.each([
    ["What is the value of MAX_ATTEMPTS?", "retry.py:4\n> MAX_ATTEMPTS = 5\n"],
    ["How many attempts are made at most?", "retry.py:4\n> MAX_ATTEMPTS = 5\n"],
    ["What is the default base delay?", "> def backoff(attempt, base_delay=0.2):\n"],
    ["What is the number stored in JITTER?", "retry.py:5\n> JITTER = 0.1\n"],
  ])("%s is answered by a text without them", async (question, quoted) => {
    const { output, answered } = await ask(question, { "retry.py": retry });
    expect(output).toMatch(/^The passages? that fits? the question best:\n/);
    expect(output).toContain(quoted);
    expect(answered).toBe(true);
  });

  it("finds a setting by its name", async () => {
    const asked = await ask("What is the value of Timeout?", { "app.conf": "Timeout = 30\n" });
    expect(asked).toEqual({
      output: "The passage that fits the question best:\n\napp.conf:1\n> Timeout = 30\n",
      answered: true,
    });
  });
});

describe("what is asked for and is not there", () => {
  it("is said, beside what there is of the rest", async () => {
    const asked = await ask("What is the population of Cape Farrow?", { "prose.txt": prose });
    expect(asked).toEqual({
      output:
        "This is not answered by the file prose.txt. No passage there has enough of the question's" +
        " words (population, Cape, Farrow). Not found at all: population. It does mention:\n\n" +
        "prose.txt:3\n> Ships pass Cape Farrow only in summer, because the bay freezes in November.\n",
      answered: false,
    });
  });

  it.each([
    ["Which phone number does Grace Hopper have?", people, "phone"],
    ["What is the capital of New York?", people, "capital"],
    ["What is the height of the lighthouse at Cape Farrow?", prose, "height"],
    ["Who owns the lighthouse?", prose, "owns"],
    ["Is there a restaurant at Cape Farrow?", prose, "restaurant"],
    ["When was Grace Hopper born?", people, "born"],
  ])("%s", async (question, text, missing) => {
    const path = text === people ? "people.csv" : "prose.txt";
    const { output, answered } = await ask(question, { [path]: text });
    expect(output).toMatch(new RegExp(`^This is not answered by the file ${path}\\. `));
    expect(output).toContain(` Not found at all: ${missing}.`);
    expect(answered).toBe(false);
  });

  it("takes no year for a height", async () => {
    const { answered } = await ask("How tall is the lighthouse?", { "prose.txt": prose });
    expect(answered).toBe(false);
  });
});

describe("files out of the ordinary", () => {
  it("quotes of a line of 500 kB the part around the match, with its place", async () => {
    const noise = "The sea is grey today and nobody on the pier asks why. ".repeat(4546);
    const line = `${noise.slice(0, 249_999)} The captain is called Ahab. ${noise}`;
    const { output, answered } = await ask("What is the captain called?", { "log.txt": line });
    const [, from = "", quoted = ""] =
      /log\.txt:1 \(in part, from character (\d+)\)\n> (.*)\n$/.exec(output) ?? [];
    expect(quoted).toContain("The captain is called Ahab.");
    expect(quoted.length).toBeLessThan(1000);
    expect(line.slice(Number(from) - 1, Number(from) - 1 + quoted.length)).toBe(quoted);
    expect(answered).toBe(true);
  });

  it("says that it read a line only as far as read_file gives it", async () => {
    const { output } = await ask("Who is Ishmael?", { "log.txt": "sea ".repeat(100_000) });
    expect(output).toContain(" Of log.txt:1 only the first 262144 characters were read.");
  });

  it.each(["What is this file about?", "Who is Ahab?"])("says that it is empty: %s", async (q) => {
    expect(await ask(q, { "a.txt": "" })).toEqual({
      output: "The file is empty: a.txt.",
      answered: false,
    });
  });

  it.each(["blob.dat", "logo.png"])("says that %s is no text", async (path) => {
    expect(await ask("Who is Ahab?", { [path]: Buffer.from([0, 1, 2, 255]) })).toEqual({
      output: `This is not answered: no file could be read. '${path}' is a binary file, not UTF-8 text.`,
      answered: false,
    });
  });

  it("says so too beside files that are", async () => {
    const files = { "a.txt": "The sea is grey.", "blob.dat": Buffer.from([0, 1]) };
    const { output } = await ask("Who is Ahab?", files);
    expect(output).toMatch(/^This is not answered by the file a\.txt\./);
    expect(output).toContain(" 'blob.dat' is a binary file, not UTF-8 text.");
  });

  it("quotes a first line as read_file gives it: without the byte order mark", async () => {
    const { output } = await ask("Who is the captain?", {
      "a.txt": "\uFEFFThe captain is Ahab.\n",
    });
    expect(output).toBe(
      "The passage that fits the question best:\n\na.txt:1\n> The captain is Ahab.\n",
    );
  });
});
