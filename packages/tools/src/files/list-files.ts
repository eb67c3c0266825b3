import type { ToolContext } from "@llamaagent/core";
import { type FoundFile, walkWorkspace } from "./walk-workspace.ts";
import { matchesWildcard } from "./wildcard.ts";

const maxFiles = 1000;

export interface ListFilesOutput {
  files: FoundFile[];
  /** There are more than are shown. */
  truncated: boolean;
}

export async function listWorkspaceFiles(
  { path, pattern }: { path: string; pattern?: string | undefined },
  { workspace, signal }: Pick<ToolContext, "workspace" | "signal">,
): Promise<ListFilesOutput> {
  const { files, complete } = await walkWorkspace({ workspace, path, signal });
  const wanted =
    pattern === undefined ? files : files.filter((file) => matchesWildcard(file.path, pattern));
  return { files: wanted.slice(0, maxFiles), truncated: !complete || wanted.length > maxFiles };
}
