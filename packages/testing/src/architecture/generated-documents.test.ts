import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorList } from "../generate/error-list.ts";
import { generatedDocuments } from "../generate/generated-documents.ts";
import { REPOSITORY } from "./source-files.ts";

describe("a generated document", () => {
  it.each(Object.entries(generatedDocuments))("%s is current", async (path, produce) => {
    const committed = await readFile(join(REPOSITORY, path), "utf8").catch(() => "(missing)");
    expect(committed, "run: npm run generate").toBe(await produce());
  });

  it("would differ with one code more, one less, or another status", () => {
    const entry = { status: 404, title: "No such resource", retryable: false };
    const list = errorList({ not_found: entry });
    expect(list).toContain("| `not_found` | 404 | No such resource | no |");
    expect(errorList({ not_found: entry, gone: entry })).not.toBe(list);
    expect(errorList({})).not.toBe(list);
    expect(errorList({ not_found: { ...entry, status: 410 } })).not.toBe(list);
  });
});
