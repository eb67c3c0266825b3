import type { FileHandle } from "node:fs/promises";
import { TextDecoder } from "node:util";
import { fileError } from "./workspace-path.ts";

const chunkBytes = 64 * 1024;

/**
 * The lines of a UTF-8 file, some at a time, without their ends (`\n`, `\r\n`). A line keeps its
 * first `maxLineChars`, so that a file without line breaks needs no memory of its size. Throws
 * `tool_failed` for bytes that are no UTF-8 text.
 */
export async function* readLines(options: {
  handle: FileHandle;
  path: string;
  maxLineChars: number;
  signal: AbortSignal;
}): AsyncGenerator<string[]> {
  const { handle, path, maxLineChars, signal } = options;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let open = "";
  let hasOpenLine = false;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
    const text = decode(decoder, buffer.subarray(0, bytesRead), bytesRead > 0, path);
    const [first = "", ...rest] = text.split("\n");
    open = keep(open, first, maxLineChars);
    hasOpenLine ||= first !== "";
    const last = rest.pop();
    if (last !== undefined) {
      yield [open, ...rest].map((line) => finish(line, maxLineChars));
      open = keep("", last, maxLineChars);
      hasOpenLine = last !== "";
    }
    if (bytesRead === 0) break;
  }
  if (hasOpenLine) yield [finish(open, maxLineChars)];
}

/** One character more than asked for, lest a `\r` at the bound be taken for text. */
function keep(open: string, more: string, maxLineChars: number): string {
  return open.length > maxLineChars ? open : (open + more).slice(0, maxLineChars + 1);
}

function finish(line: string, maxLineChars: number): string {
  return (line.endsWith("\r") ? line.slice(0, -1) : line).slice(0, maxLineChars);
}

function decode(decoder: TextDecoder, bytes: Uint8Array, more: boolean, path: string): string {
  let text: string;
  try {
    text = decoder.decode(bytes, { stream: more });
  } catch (cause) {
    throw fileError(`'${path}' is a binary file, not UTF-8 text`, cause);
  }
  // NUL is valid UTF-8 but never in text; UTF-16 and most binaries hold it early.
  if (text.includes("\0")) throw fileError(`'${path}' is a binary file, not UTF-8 text`);
  return text;
}
