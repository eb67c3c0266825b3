import { readSettings } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { createPostgres } from "./postgres.ts";
import { postgresSettings } from "./postgres-settings.ts";
import { plainWarning } from "./postgres-tls.ts";

const DATABASE = "postgres://user:hunter2@db.example.com/llamaagent";
const read = (query: string, name = "DATABASE_URL") =>
  readSettings(postgresSettings, { DATABASE_URL: DATABASE, [name]: `${DATABASE}${query}` });

describe("what a URL says of TLS", () => {
  it.each([
    "",
    "?sslmode=verify-full",
    "?sslmode=verify-ca",
    "?sslmode=require&channel_binding=require",
    "?sslmode=disable",
    "?sslmode=verify-full&sslnegotiation=direct",
    "?application_name=x",
    `?sslmode=verify-full&sslrootcert=${import.meta.filename}`,
  ])("is taken: '%s'", (query) => {
    expect(read(query).DATABASE_URL).toBe(`${DATABASE}${query}`);
  });

  it.each([
    ["?sslmode=no-verify", "does not verify"],
    ["?sslmode=prefer", "does not verify"],
    ["?sslmode=allow", "does not verify"],
    ["?sslmode=", "does not verify"],
    ["?sslmode=VERIFY-FULL", "does not verify"],
    ["?sslmode=verify-full&sslmode=no-verify", "does not verify"],
    ["?sslmode=no-verify&sslmode=verify-full", "does not verify"],
    ["?sslmode=require&uselibpqcompat=true", "must not hold uselibpqcompat"],
    ["?ssl=true", "of TLS it may hold sslmode"],
    ["?ssl=no-verify", "of TLS it may hold sslmode"],
    ["?ssl=0", "of TLS it may hold sslmode"],
    ["?sslMode=verify-full", "of TLS it may hold sslmode"],
    ["?SSLMODE=verify-full", "of TLS it may hold sslmode"],
    ["?sslmode=verify-full&sslrootcert=/nowhere/hunter2.pem", "cannot be read"],
    ["?sslmode=verify-full&sslrootcert=system", "cannot be read"],
  ])("is refused: '%s', and not shown", (query, fault) => {
    for (const name of ["DATABASE_URL", "DATABASE_DIRECT_URL"]) {
      expect(() => read(query, name)).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(new RegExp(`^${name}: .*${fault}`)),
        }),
      );
      expect(() => read(query, name)).not.toThrow(/hunter2/);
    }
  });

  it("is not said by PGSSLMODE, nor is verification turned off for the process", () => {
    const env = { DATABASE_URL: DATABASE, PGSSLMODE: "require", NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    expect(() => readSettings(postgresSettings, env)).toThrow(
      /^PGSSLMODE: is not read: .*\nNODE_TLS_REJECT_UNAUTHORIZED: must not be `0`/,
    );
    const verifying = { DATABASE_URL: DATABASE, NODE_TLS_REJECT_UNAUTHORIZED: "1" };
    expect(() => readSettings(postgresSettings, verifying)).not.toThrow();
  });
});

describe("a URL without TLS", () => {
  it.each([
    ["postgres://db.example.com/x", true],
    ["postgres://10.0.0.7/x?application_name=y", true],
    ["postgres://db.example.com/x?sslmode=disable", false],
    ["postgres://db.example.com/x?sslmode=verify-full", false],
    ["postgres://db.example.com/x?sslmode=require", false],
    ["postgres://db.example.com/x?sslnegotiation=direct", false],
    [`postgres://db.example.com/x?sslrootcert=${import.meta.filename}`, false],
    ["postgres://localhost/x", false],
    ["postgres://127.0.0.1:5433/x", false],
    ["postgres://[::1]/x", false],
    ["postgres:///x?host=/var/run/postgresql", false],
    ["postgres:///x?host=db.example.com", true],
  ])("%s is warned of: %s", (url, isPlain) => {
    expect(plainWarning(url) !== undefined).toBe(isPlain);
  });

  it("is told in the log once, without the URL", async () => {
    const told: unknown[] = [];
    const logger = { warn: (...args: unknown[]) => void told.push(...args) };
    for (const url of [DATABASE, `${DATABASE}?sslmode=disable`]) {
      // The type of pino's method has many forms; here it gets a text.
      await createPostgres({ url, logger: logger as never }).close();
    }
    expect(told).toEqual([
      expect.stringMatching(/^DATABASE_URL leads to another machine without TLS/),
    ]);
    expect(String(told)).not.toContain("hunter2");
  });
});
