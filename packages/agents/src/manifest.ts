import { definePlugin } from "@llamaagent/core";
import { defaultPrompting } from "./prompting/default.ts";

/** The built-in prompting strategies, loaded like any plug-in. */
export const agentsPlugin = definePlugin({ prompting: [defaultPrompting] });
