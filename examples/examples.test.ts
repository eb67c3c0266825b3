import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, "run.ts"), ...args]);

describe("npm run example", () => {
  it("lists the examples", async () => {
    const { stdout } = await run();
    expect(stdout).toContain("  library              An agent without any server");
    expect(stdout).toContain("  plugins              Three plug-ins");
    expect(stdout).not.toContain("plugins/");
  });

  it.each([
    ["library", "An adult llama drinks about eight litres"],
    ["plugins", "Answer: 3 words."],
  ])("runs %s, whose own asserts hold", { timeout: 30_000 }, async (name, printed) => {
    expect((await run(name)).stdout).toContain(printed);
  });

  it("fails for an example that there is not", async () => {
    await expect(run("../package")).rejects.toMatchObject({ code: 1 });
  });
});
