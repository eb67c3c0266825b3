import type { ToolExecutor } from "@llamaagent/core";
import type { Workspace } from "./workspace.ts";

/** Tools find the run's workspace made, with its files, before a call of theirs is recorded as begun. */
export function preparedTools(
  tools: ToolExecutor,
  workspace: Pick<Workspace, "prepare">,
): ToolExecutor {
  return {
    list: () => tools.list(),
    async call(toolCall, options) {
      await workspace.prepare();
      return tools.call(toolCall, options);
    },
  };
}
