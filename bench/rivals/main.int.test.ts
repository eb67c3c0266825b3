import { runScript } from "@llamaagent/testing/run-llamaagent";
import { describe, expect, it } from "vitest";

const rival = (...args: string[]) => runScript("bench/rivals/main.ts", args);

describe("npm run bench:rival", () => {
  it("tells how it is used", async () => {
    const { code, stdout } = await rival("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: npm run bench:rival");
  });

  it.each([
    { args: ["--rounds", "few"], fault: "--rounds is to be a whole number from 1 on, not 'few'" },
    { args: ["--seconds", "0"], fault: "--seconds is to be a whole number from 1 on, not '0'" },
    { args: ["--only", "rival_cpu"], fault: "--only" },
  ])("refuses $args", async ({ args, fault }) => {
    const { code, stderr } = await rival(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(fault);
  });
});
