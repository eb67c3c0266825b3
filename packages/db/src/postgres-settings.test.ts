import { readSettings } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { postgresOptions, postgresSettings } from "./postgres-settings.ts";

describe("postgresSettings", () => {
  it("needs no more than a URL", () => {
    const settings = readSettings(postgresSettings, { DATABASE_URL: "postgres://u:p@h/db" });
    expect(postgresOptions(settings)).toEqual({ url: "postgres://u:p@h/db", poolSize: 10 });
  });

  it("takes the pool's size and the pooler's mode", () => {
    const settings = readSettings(postgresSettings, {
      DATABASE_URL: "postgresql://h/db",
      DATABASE_POOL_SIZE: "3",
      DATABASE_POOLER: "transaction",
    });
    expect(postgresOptions(settings)).toEqual({
      url: "postgresql://h/db",
      poolSize: 3,
      pooler: "transaction",
    });
  });

  it("names what is wrong and never shows a value", () => {
    const read = () =>
      readSettings(postgresSettings, {
        DATABASE_URL: "mysql://u:hunter2@h/db",
        DATABASE_POOL_SIZE: "0",
        DATABASE_POOLER: "session",
      });
    expect(read).toThrow(
      /DATABASE_URL: must be a postgres:\/\/ .*\nDATABASE_POOL_SIZE: .*\nDATABASE_POOLER: /,
    );
    expect(read).not.toThrow(/hunter2/);
    expect(() => readSettings(postgresSettings, {})).toThrow("DATABASE_URL: is not set");
  });

  it("describes every setting, for .env.example", () => {
    for (const [name, setting] of Object.entries(postgresSettings.shape))
      expect(setting.description, name).toMatch(/^.{20}/);
  });
});
