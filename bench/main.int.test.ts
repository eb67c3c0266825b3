import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runScript } from "@llamaagent/testing/run-llamaagent";
import { describe, expect, inject, it } from "vitest";
import { RESULTS_FOLDER } from "./report/results-folder.ts";

const bench = (...args: string[]) => runScript("bench/main.ts", args);
const latest = () => readFile(join(RESULTS_FOLDER, "latest.json"), "utf8").catch(() => "");

describe("npm run bench", () => {
  it("tells how it is used", async () => {
    const { code, stdout } = await bench("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: npm run bench");
    expect(stdout).toContain("admission, throughput_cpu, ");
  });

  it.each([
    { args: ["--only", "speed"], fault: "there is no row 'speed'" },
    { args: ["--rounds", "few"], fault: "--rounds is to be a whole number from 1 on, not 'few'" },
    { args: ["--fast"], fault: "--fast" },
    { args: ["--profile", "--only", "admission"], fault: "--only cannot go with it" },
    { args: ["--profile", "--rounds", "3"], fault: "--rounds cannot go with it" },
    { args: ["--profile", "--check"], fault: "--check cannot go with it" },
    { args: ["--beside", "..", "--only", "admission"], fault: "--only cannot go with it" },
    { args: ["--beside", "bench"], fault: "no checkout with its packages installed is in 'bench'" },
  ])("refuses $args", async ({ args, fault }) => {
    const { code, stderr } = await bench(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(fault);
  });

  // Given services need not be local processes, whose CPU can be read.
  it.runIf(inject("databaseUrl") && inject("redisUrl"))(
    "measures a row on services of its own, and writes nothing when quick",
    async () => {
      const before = await latest();
      const { code, stdout, stderr } = await bench("--only", "overhead", "--quick");
      expect(stderr).toContain("round 2 of 2");
      expect(code).toBe(0);
      expect(stdout).toMatch(/\| `overhead` .* \*\*[\d.]+\*\* .* ms a run; [\d.]+ ms a bare job/);
      expect(await latest()).toBe(before);
    },
  );
});
