import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { documentSnippet } from "@llamaagent/testing/architecture/document-snippets";
import { startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { runScript } from "@llamaagent/testing/run-llamaagent";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import {
  type TemporaryFolder,
  temporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("npm run demo", () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder("demo");
  });
  afterAll(() => folder.remove());
  const demo = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    runScript("apps/cli/src/demo/main.ts", args, { LLAMAAGENT_DATA_DIR: folder.path, ...env });

  it("is what README.md names, and answers from README.md what it says there", async () => {
    expect(documentSnippet("README.md", "demo")).toBe("npm ci && npm run demo\n");
    const { code, stdout } = await demo([]);
    expect(stdout).toMatch(/^Setting up the database in .*demo \(first start, a few seconds\) …\n/);
    expect(stdout).toContain("→ read_file");
    const [, path = "", place, quoted] = /^(README\.md):(\d+)\n> (.*)$/m.exec(stdout) ?? [];
    const lines = readFileSync(join(repositoryRoot, path), "utf8").split("\n");
    expect(quoted).toContain("To use a real model, set `OPENAI_API_KEY`");
    expect(lines[Number(place) - 1]).toBe(quoted);
    expect(stdout).toMatch(
      /\nResult {4}success, completed\nRun {7}http:\/\/127\.0\.0\.1:\d+\/runs\//,
    );
    expect(stdout).toContain("offline/extractive answers: it searches the files and quotes them");
    // No colours in a pipe.
    expect(stdout).not.toContain("\u001b");
    expect(code).toBe(0);
  });

  it("finds its database and its agent again, and says when a file has no answer", async () => {
    const { code, stdout } = await demo(["--question", "What is the capital of France?"]);
    expect(stdout).not.toContain("Setting up");
    expect(stdout).toContain("This is not answered by the file README.md.");
    expect(code).toBe(0);
  });

  it("uses the model that is configured, and shows its answer", async () => {
    const model = await startFakeOpenAi({
      script: [
        { toolCalls: [{ name: "calculator", arguments: { expression: "6*7" } }] },
        { text: "It is 42." },
      ],
      models: ["fake-model"],
    });
    const { code, stdout } = await demo([], { OPENAI_BASE_URL: model.url });
    await model.close();
    expect(stdout).toContain("model openai/fake-model");
    expect(stdout).toContain('← calculator(6*7) {"result":42}\nIt is 42.\n✓ completed');
    expect(stdout).not.toContain("offline");
    expect(code).toBe(0);
  });

  it("exits with 1 when the run fails, with the reason", async () => {
    const model = await startFakeOpenAi({
      script: [{ fault: { kind: "status", status: 400, message: "no such model" } }],
    });
    const env = { OPENAI_BASE_URL: model.url };
    const { code, stdout } = await demo(["--model", "openai/gone"], env);
    await model.close();
    expect(stdout).toContain("✗ model_rejected:");
    expect(stdout).toContain("\nResult    error, error\n");
    expect(code).toBe(1);
  });

  it.each([
    [["--file", "no-such-file"], "no such file"],
    [["--file", "docs"], "is not a file"],
    [["--model", "gpt"], "must be provider/model"],
    [["--model", "openai/gpt-4o-mini"], "--model openai/gpt-4o-mini: the model provider"],
    [["--question", " "], "--question: is empty"],
    [["--fiel", "x"], "Unknown option '--fiel'"],
  ])("%j exits with 2", async (args, reason) => {
    const { code, stderr } = await demo(args);
    expect(stderr).toContain(reason);
    expect(code).toBe(2);
  });

  it("refuses a file that is not text or too large", async () => {
    const binary = join(folder.path, "image.png");
    await writeFile(binary, Uint8Array.of(0x89, 0x50, 0, 1));
    expect(await demo(["--file", binary])).toMatchObject({
      code: 2,
      stderr: `--file ${binary}: is not text (UTF-8); the demo reads text\n`,
    });
    const large = join(folder.path, "large.txt");
    await writeFile(large, "a".repeat(10 * 1024 * 1024 + 1));
    expect((await demo(["--file", large])).stderr).toContain("at most 10485760 (10 MiB)");
  });
});
