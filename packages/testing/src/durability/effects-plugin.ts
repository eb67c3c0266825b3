import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { definePlugin, defineTool } from "@llamaagent/core";
import { z } from "zod";

/** Who was called, with which key, when: one line each in a file that outlives every process. */
export interface EffectLine {
  tool: string;
  label: string;
  key: string;
  at: number;
}

const input = z.object({
  file: z.string(),
  label: z.string(),
  /** Time that the call takes, before and after its effect. */
  ms: z.number().int().min(0).max(10_000),
});

/** Where each call leaves a line before its effect. */
export function begunFile(file: string): string {
  return `${file}.begun`;
}

function effectTool(name: string, effect: "none" | "unsafe", timeoutSeconds = 60) {
  return defineTool({
    timeoutSeconds,
    name,
    description: `Appends a line to a file; declared ${effect}`,
    input,
    effect,
    async execute({ file, label, ms }, { idempotencyKey, signal }) {
      await appendFile(begunFile(file), `${label}\n`);
      await sleep(ms / 2, undefined, { signal });
      const line: EffectLine = { tool: name, label, key: idempotencyKey, at: Date.now() };
      await appendFile(file, `${JSON.stringify(line)}\n`);
      await sleep(ms / 2, undefined, { signal });
      return { label };
    },
  });
}

/** Tools whose every call can be counted afterwards. */
export const plugin = definePlugin({
  tools: [
    effectTool("read_slowly", "none"),
    effectTool("write_once", "unsafe"),
    effectTool("write_late", "unsafe", 1),
  ],
});
