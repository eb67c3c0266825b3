import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REPOSITORY } from "./source-files.ts";

/** oxlint holds import cycles; this holds that it really looks for them, types included. */
it("lints an import cycle of types as an error under this repository's rules", async () => {
  const folder = await mkdtemp(join(tmpdir(), "llamaagent-cycle-"));
  await writeFile(join(folder, "a.ts"), 'import type { B } from "./b.ts";\nexport type A = B[];\n');
  await writeFile(join(folder, "b.ts"), 'import type { A } from "./a.ts";\nexport type B = A[];\n');
  const oxlint = join(REPOSITORY, "node_modules/oxlint/bin/oxlint");
  const config = join(REPOSITORY, ".oxlintrc.json");
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, [oxlint, "-c", config, folder], (error, stdout) =>
      resolve({ code: error?.code ?? 0, output: stdout }),
    );
  });
  await rm(folder, { recursive: true });
  expect(output).toContain("import(no-cycle)");
  expect(code).toBe(1);
});
