import { isAppError, type ToolContext } from "@llamaagent/core";
import { createLineScorer } from "./line-score.ts";
import { openWorkspaceFile } from "./open-workspace-file.ts";
import { readLines } from "./read-lines.ts";
import { walkWorkspace } from "./walk-workspace.ts";
import { matchesWildcard } from "./wildcard.ts";

const maxFiles = 1000;
const maxBytes = 64 * 1024 * 1024;
/** Longer lines are searched and shown as far as this. */
const maxLineChars = 100_000;
const maxShownChars = 1000;

export interface SearchMatch {
  path: string;
  /** 1-based. */
  line: number;
  text: string;
}
export interface SearchFilesOutput {
  /** Best first; equally good ones by path and line. */
  matches: SearchMatch[];
  /** There are more matches, or files that were not searched. */
  truncated: boolean;
}

export async function searchWorkspaceFiles(
  input: { query: string; path: string; pattern?: string | undefined; max_results: number },
  { workspace, signal }: Pick<ToolContext, "workspace" | "signal">,
): Promise<SearchFilesOutput> {
  const { query, path, pattern, max_results } = input;
  const scorer = createLineScorer(query);
  // One list per score, each bounded, so that memory does not grow with the matches.
  const ranked: SearchMatch[][] = Array.from({ length: scorer.best + 1 }, () => []);
  let found = 0;

  async function search(file: string): Promise<void> {
    const { handle } = await openWorkspaceFile(workspace, file);
    try {
      let line = 0;
      for await (const batch of readLines({ handle, path: file, maxLineChars, signal }))
        for (const text of batch) {
          line++;
          const { score, at } = scorer.score(text);
          if (score === 0) continue;
          found++;
          const rank = ranked[score];
          if (rank !== undefined && rank.length < max_results)
            rank.push({ path: file, line, text: shown(text, at) });
        }
    } finally {
      await handle.close();
    }
  }

  const { files, complete } = await walkWorkspace({ workspace, path, signal });
  const wanted = files.filter((f) => pattern === undefined || matchesWildcard(f.path, pattern));
  let bytes = 0;
  let searched = 0;
  for (const file of wanted) {
    bytes += file.size_bytes;
    if (searched === maxFiles || bytes > maxBytes) break;
    searched++;
    try {
      await search(file.path);
    } catch (error) {
      // Binary files and files that went away have no lines to show; the search goes on.
      if (!isAppError(error, "tool_failed")) throw error;
    }
  }
  const matches = ranked.toReversed().flat().slice(0, max_results);
  const truncated = !complete || searched < wanted.length || found > matches.length;
  return { matches, truncated };
}

/** The line, or of a long one the part around the hit. */
function shown(text: string, at: number): string {
  if (text.length <= maxShownChars) return text;
  const start = Math.max(0, Math.min(at - maxShownChars / 5, text.length - maxShownChars));
  return text.slice(start, start + maxShownChars);
}
