import { describe, expect, it } from "vitest";
import { createStatementNames } from "./statement-names.ts";

describe("createStatementNames", () => {
  it("names equal texts equally, others otherwise, within Postgres's 63 bytes", () => {
    const nameOf = createStatementNames();
    const first = nameOf("SELECT 1");
    expect(first).toMatch(/^s_[0-9a-f]{20}$/);
    expect(nameOf("SELECT 1")).toBe(first);
    expect(nameOf("SELECT 2")).not.toBe(first);
    expect(createStatementNames()("SELECT 1")).toBe(first);
  });

  it("stops naming after 500 texts: a text with data in it must not fill the server's memory", () => {
    const nameOf = createStatementNames();
    for (let n = 0; n < 500; n++) expect(nameOf(`SELECT ${n}`)).toBeDefined();
    expect(nameOf("SELECT 500")).toBeUndefined();
    expect(nameOf("SELECT 499")).toBeDefined();
  });
});
