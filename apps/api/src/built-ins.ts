import { agentsPlugin } from "@llamaagent/agents/manifest";
import { modelsPlugin } from "@llamaagent/models/manifest";
import { toolsPlugin } from "@llamaagent/tools/manifest";

/** What is there without any plug-in. */
export const builtIns = [modelsPlugin, toolsPlugin, agentsPlugin];
