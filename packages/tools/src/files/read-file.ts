import type { ToolContext } from "@llamaagent/core";
import { openWorkspaceFile } from "./open-workspace-file.ts";
import { readLines } from "./read-lines.ts";
import { fileError } from "./workspace-path.ts";

/** Most text of one call, in bytes of UTF-8; further lines are asked for by `start_line`. */
const maxReadBytes = 256 * 1024;

export interface ReadFileOutput {
  path: string;
  /** 1-based, inclusive; an empty file has 1 to 0. */
  start_line: number;
  end_line: number;
  total_lines: number;
  /** The lines, joined by `\n`. */
  text: string;
  /** The lines asked for go on after `end_line`, or the last one is longer than shown. */
  truncated: boolean;
}

export async function readWorkspaceFile(
  input: { path: string; start_line?: number | undefined; end_line?: number | undefined },
  { workspace, signal }: Pick<ToolContext, "workspace" | "signal">,
): Promise<ReadFileOutput> {
  const { start_line = 1, end_line = Number.MAX_SAFE_INTEGER } = input;
  const { handle, path } = await openWorkspaceFile(workspace, input.path);
  try {
    const lines: string[] = [];
    let bytes = 0;
    let total = 0;
    let full = false;
    // One character more than fits, so that a line that is too long is seen to be.
    const maxLineChars = maxReadBytes + 1;
    for await (const batch of readLines({ handle, path, maxLineChars, signal })) {
      for (const line of batch) {
        total++;
        if (total < start_line || total > end_line || full) continue;
        const size = Buffer.byteLength(line) + (lines.length > 0 ? 1 : 0);
        full = bytes + size > maxReadBytes;
        if (full && lines.length > 0) continue;
        lines.push(full ? cutToBytes(line, maxReadBytes) : line);
        bytes += size;
      }
    }
    if (start_line > Math.max(total, 1)) throw fileError(`'${path}' has only ${total} lines`);
    return {
      path,
      start_line,
      end_line: start_line + lines.length - 1,
      total_lines: total,
      text: lines.join("\n"),
      truncated: full,
    };
  } finally {
    await handle.close();
  }
}

/** Never inside a character: the replacement character of a cut one is dropped. */
function cutToBytes(text: string, maxBytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });
}
