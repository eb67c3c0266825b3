import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import { CliError, EXIT } from "../cli-error.ts";
import { oneLine } from "../terminal.ts";

/** The JSON object in a file, or on standard input where there is none or it is `-`. Throws a usage error. */
export async function readJsonObject(
  path: string | undefined,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const isStdin = path === undefined || path === "-";
  if (path === undefined && process.stdin.isTTY)
    throw new CliError("give a file, or the JSON on standard input", EXIT.usage);
  const name = isStdin ? "standard input" : oneLine(path, 500);
  const content = isStdin
    ? await text(addAbortSignal(signal, process.stdin))
    : await readFile(path, { encoding: "utf8", signal }).catch((error: unknown) => {
        throw signal.aborted ? error : unreadable(name, error);
      });
  const value = parsed(content, name);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new CliError(`${name}: is not a JSON object`, EXIT.usage);
  return { ...value };
}

function parsed(content: string, name: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new CliError(`${name}: is not JSON: ${oneLine(String(cause), 200)}`, EXIT.usage, {
      cause,
    });
  }
}

function unreadable(name: string, cause: unknown): CliError {
  const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  const reason = isMissing ? "no such file" : `cannot be read: ${oneLine(String(cause), 200)}`;
  return new CliError(`${name}: ${reason}`, EXIT.usage, { cause });
}
