import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TemporaryFolder, temporaryFolder } from "../services/temporary-folder.ts";
import { readReference } from "./read-reference.ts";

const document = (version: string) => ({
  info: { version },
  paths: { "/threads": { post: { operationId: "create_thread", responses: { 200: {} } } } },
  components: { schemas: { Thread: { type: "object" } } },
});

describe("readReference", () => {
  let folder: TemporaryFolder;
  let missing: string;
  let path: string;
  beforeAll(async () => {
    folder = await temporaryFolder("reference");
    missing = join(folder.path, "missing.json");
    path = join(folder.path, "openapi.json");
    await writeFile(path, JSON.stringify(document("0.1.6")));
  });
  afterAll(() => folder.remove());

  it("reads the operations by their ids, from beside the repository or from where it is told", () => {
    const operations = new Map([
      [
        "create_thread",
        {
          operationId: "create_thread",
          method: "POST",
          path: "/threads",
          parameters: [],
          responses: { 200: {} },
        },
      ],
    ]);
    const reference = { operations, schemas: { Thread: { type: "object" } } };
    expect(readReference({}, path)).toEqual(reference);
    expect(readReference({ AGENT_PROTOCOL_OPENAPI: path }, missing)).toEqual(reference);
  });

  it("says where it is missing how to get it, and throws where nothing may be skipped", () => {
    const howToGet = expect.stringContaining("AGENT_PROTOCOL_OPENAPI");
    expect(readReference({ CI: "", REQUIRE_SERVICES: "0" }, missing)).toEqual({
      missing: howToGet,
    });
    for (const env of [{ CI: "true" }, { REQUIRE_SERVICES: "1" }])
      expect(() => readReference(env, missing)).toThrow("the Agent Protocol's document is missing");
  });

  it("takes neither a path where nothing is nor another version", async () => {
    expect(() => readReference({ AGENT_PROTOCOL_OPENAPI: missing }, path)).toThrow("ENOENT");
    const other = join(folder.path, "other.json");
    await writeFile(other, JSON.stringify(document("0.1.7")));
    expect(() => readReference({}, other)).toThrow("0.1.6");
  });
});
