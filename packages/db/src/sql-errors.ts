import { AppError, isTlsFault } from "@llamaagent/core";
import { DrizzleQueryError } from "drizzle-orm";

/** The SQLSTATE of an error of either driver, also of one that drizzle has wrapped. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(unwrapOrmError(error));
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Drizzle's error repeats the statement and its values, which may hold prompts: it must not leave. */
export function unwrapOrmError(error: unknown): unknown {
  return error instanceof DrizzleQueryError && error.cause !== undefined
    ? unwrapOrmError(error.cause)
    : error;
}

export function isRepeatable(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT", // a Unix socket that is not there
]);

/**
 * 08: connection exceptions; 53: too many connections, out of disk or memory; 57014: cancelled by
 * our statement time-out; 57P01…: shut down, crashed, starting; 25P03: idle in a transaction too long.
 */
const awayStates = /^(08...|53...|57014|57P0[1235]|25P03)$/;

/** What pg throws without a code. */
const awayMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (networkCodes.has(code) || awayStates.test(code))) return true;
  return error instanceof Error && awayMessages.test(error.message);
}

export function translateError(error: unknown): unknown {
  if (sqlState(error) === LOCK_NOT_AVAILABLE) return lockedByOthers(error);
  const tlsFault = tlsFaultOf(error);
  if (tlsFault !== undefined) return withoutTls(tlsFault, error);
  if (sqlState(error) === DISK_FULL) return diskFull(error);
  return isAway(error) ? databaseAway(error) : error;
}

/** What our lock time-out says. */
const LOCK_NOT_AVAILABLE = "55P03";

const lockedByOthers = (cause: unknown): AppError =>
  new AppError("service_unavailable", {
    detail: "Another request has held what this one needs for too long",
    retryAfterSeconds: 1,
    cause,
  });

/** What pg throws where a URL asks for TLS and the server has none. */
const NO_TLS = /^(The server does not support|There was an error establishing an) SSL connection/;

/** Not its message, in which hosts may be named. */
function tlsFaultOf(error: unknown): string | undefined {
  if (isTlsFault(error)) return error.code;
  return error instanceof Error && NO_TLS.test(error.message) ? "it has none" : undefined;
}

const withoutTls = (reason: string, cause: unknown): AppError =>
  new AppError("service_unavailable", {
    detail: `The database cannot be reached by TLS (${reason})`,
    retryAfterSeconds: 1,
    cause,
  });

const DISK_FULL = "53100";

/** To be tried again: there is room some day. */
export const diskFull = (cause: unknown): AppError =>
  new AppError("service_unavailable", {
    detail: "The database has no space left on its disk",
    retryAfterSeconds: 1,
    cause,
  });

export function databaseAway(cause?: unknown): AppError {
  return new AppError("service_unavailable", {
    detail: "The database does not answer",
    retryAfterSeconds: 1,
    cause,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
