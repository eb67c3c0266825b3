import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allSnippets } from "./document-snippets.ts";
import { typeScriptArguments } from "./run-snippet.ts";
import type { Snippet } from "./snippets.ts";
import { REPOSITORY } from "./source-files.ts";

const PATH = `${join(REPOSITORY, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;

interface Outcome {
  code: unknown;
  output: string;
}

/** In the repository, as a reader would, with the project's Node first on the PATH. */
function run({ language, text }: Snippet): Promise<Outcome> {
  return language === "sh"
    ? execute("sh", ["-eu", "-c", text])
    : execute(process.execPath, typeScriptArguments(text));
}

function execute(command: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: REPOSITORY, env: { ...process.env, PATH }, timeout: 55_000 };
    execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, output: stdout + stderr }),
    );
  });
}

const runnable = allSnippets().filter(({ marks }) => marks.includes("run"));

describe.runIf(runnable.length > 0)("a snippet marked `run`", () => {
  it.each(runnable.map((snippet) => ({ ...snippet, name: `${snippet.path}:${snippet.line}` })))(
    "$name ends with 0",
    async (snippet) => {
      const { code, output } = await run(snippet);
      expect(code, output).toBe(0);
    },
  );
});

it("sees a snippet fail, in both languages", async () => {
  const snippet = { path: "page.md", line: 1, marks: ["run"] };
  expect(await run({ ...snippet, language: "sh", text: "false\ntrue" })).toMatchObject({ code: 1 });
  const text = 'import { AppError } from "@llamaagent/core";\nthrow new AppError("internal");';
  const failed = await run({ ...snippet, language: "ts", text });
  expect(failed.code).toBe(1);
  expect(failed.output).toContain("AppError");
});
