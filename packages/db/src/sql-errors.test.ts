import { AppError } from "@llamaagent/core";
import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { sqlState, translateError, unwrapOrmError } from "./sql-errors.ts";

const withCode = (code: string) => Object.assign(new Error("x"), { code });

describe("translateError", () => {
  it.each(["ECONNREFUSED", "ECONNRESET", "57P01", "57P02", "57P03", "08006", "53300", "57014"])(
    "makes service_unavailable of %s, with its cause",
    (code) => {
      const cause = withCode(code);
      expect(translateError(cause)).toMatchObject({
        code: "service_unavailable",
        message: "The database does not answer",
        retryAfterSeconds: 1,
        cause,
      });
    },
  );

  it("makes service_unavailable of a full disk, and says so", () => {
    expect(translateError(withCode("53100"))).toMatchObject({
      code: "service_unavailable",
      message: "The database has no space left on its disk",
      retryAfterSeconds: 1,
    });
  });

  it.each([
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "timeout exceeded when trying to connect",
    "Query read timeout",
    "Client has encountered a connection error and is not queryable",
    "Cannot use a pool after calling end on the pool",
  ])("makes service_unavailable of pg's '%s'", (message) => {
    expect(translateError(new Error(message))).toMatchObject({ code: "service_unavailable" });
  });

  it.each([
    [withCode("CERT_HAS_EXPIRED"), "CERT_HAS_EXPIRED"],
    [withCode("ERR_TLS_CERT_ALTNAME_INVALID"), "ERR_TLS_CERT_ALTNAME_INVALID"],
    [new Error("The server does not support SSL connections"), "it has none"],
  ])("makes service_unavailable of %s, and says what of TLS", (cause, reason) => {
    expect(translateError(cause)).toMatchObject({
      code: "service_unavailable",
      message: `The database cannot be reached by TLS (${reason})`,
      cause,
    });
  });

  it.each(["23505", "42501", "22P02", "40001"])("lets %s pass: a repository decides", (code) => {
    const error = withCode(code);
    expect(translateError(error)).toBe(error);
  });
});

describe("sqlState", () => {
  it("finds the state of an error that drizzle has wrapped", () => {
    const wrapped = new DrizzleQueryError("insert …", ["a prompt"], withCode("23505"));
    expect(sqlState(wrapped)).toBe("23505");
    expect(unwrapOrmError(wrapped)).toEqual(withCode("23505"));
  });

  it("gives none for errors that are not SQL's", () => {
    expect(sqlState(new AppError("not_found"))).toBeUndefined();
    expect(sqlState(withCode("ECONNREFUSED"))).toBeUndefined();
    expect(sqlState("23505")).toBeUndefined();
  });
});
