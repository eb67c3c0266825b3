import { execFile, execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import {
  type TemporaryFolder,
  temporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
/** Where CI has none, its tests fail. */
const isThere = (shell: string): boolean => {
  if (process.env["REQUIRE_SERVICES"] === "1") return true;
  try {
    execFileSync(shell, ["-c", "true"]);
    return true;
  } catch {
    process.stdout.write(`${shell} is missing: completion in it is not tested\n`);
    return false;
  }
};

describe.runIf(isThere("bash"))("completion bash", () => {
  let script: string;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    script = (await runLlamaAgent(["completion", "bash"])).stdout;
    folder = await temporaryFolder("completion");
    await writeFile(join(folder.path, "my agent.json"), "");
    await mkdir(join(folder.path, "my-folder"));
  });
  afterAll(() => folder.remove());

  /** What bash offers for the last of the words. */
  async function offered(...words: string[]): Promise<string[]> {
    const ask = `${script}
COMP_WORDS=(llamaagent "$@") COMP_CWORD=$#
_llamaagent 2>&1
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["-u", "-c", ask, "bash", ...words], { cwd: folder.path });
    return stdout.split("\n").filter((word) => word !== "");
  }

  it.each([
    [["ru"], ["run", "runs"]],
    [
      ["runs", ""],
      ["list", "show", "tail", "resume", "cancel", "retry", "dead"],
    ],
    [["schedules", "en"], ["enable"]],
    [["runs", "list", "--statu"], ["--status"]],
    [["runs", "list", "--status", "e"], ["error"]],
    [["runs", "list", "--status", "=", "e"], ["error"]],
    [["runs", "list", "--agent", "runs", "--al"], ["--all"]],
    [["runs", "list", "--state", "w"], ["waiting"]],
    [["runs", "resume", "--outcome", "n"], ["not_done"]],
    [["runs", "dead", "--reason", "b"], ["budget_exceeded"]],
    [["--v"], ["--version"]],
    [
      ["completion", ""],
      ["bash", "zsh"],
    ],
    [["runs", "list", "--agent", ""], []],
    [["runs", "show", ""], []],
    [
      ["no-such", "--"],
      ["--version", "--help"],
    ],
    [
      ["agents", "create", "my"],
      ["my agent.json", "my-folder"],
    ],
    [["run", "--file", "my\\ "], []],
    [["run", "--file", "my a"], ["my agent.json"]],
  ])("%j", async (words, expected) => {
    expect((await offered(...words)).toSorted()).toEqual(expected.toSorted());
  });

  it("is what bash calls for llamaagent", async () => {
    const { stdout } = await run("bash", ["-c", `${script}\ncomplete -p llamaagent`]);
    expect(stdout).toBe("complete -F _llamaagent llamaagent\n");
  });
});

describe.runIf(isThere("zsh"))("completion zsh", () => {
  let script: string;
  beforeAll(async () => {
    script = (await runLlamaAgent(["completion", "zsh"])).stdout;
  });

  /** With zsh's own functions in the place of its line editor, which needs a terminal. */
  async function offered(...words: string[]): Promise<string[]> {
    const ask = `compdef() { print -r -- "compdef $*" >&2 }
_describe() { local name=$argv[-1]; print -rl -- "\${(@P)name}" }
compadd() { shift; print -rl -- "$@" }
_files() { print files }
${script}
words=(llamaagent "$@") CURRENT=$#words PREFIX=$words[-1]
_llamaagent || true`;
    const { stdout, stderr } = await run("zsh", ["-f", "-c", ask, "zsh", ...words]);
    expect(stderr).toBe("compdef _llamaagent llamaagent\n");
    return stdout.split("\n").filter((word) => word !== "");
  }

  it("offers commands and options with what they do, choices and files", async () => {
    expect(await offered("runs", "")).toContain("show:a run and its steps");
    expect(await offered("runs", "list", "-")).toContain("--all:list all, page by page");
    expect(await offered("threads", "list", "-s", "")).toEqual([
      "idle",
      "busy",
      "interrupted",
      "error",
    ]);
    expect(await offered("completion", "")).toEqual(["bash", "zsh"]);
    expect(await offered("agents", "create", "")).toEqual(["files"]);
    expect(await offered("runs", "list", "--agent", "")).toEqual([]);
    expect(await offered("runs", "show", "")).toEqual([]);
  });
});
