import type { PluginRegistry } from "@llamaagent/core";
import { z } from "zod";

const names = z.array(z.string()).default([]);

/** What a worker says in its row that it has, by name; of an agent: what a worker must have to execute its runs. */
export const Capabilities = z.object({ providers: names, tools: names, prompting: names });
export type Capabilities = z.infer<typeof Capabilities>;

export const capabilitiesOf = (registry: PluginRegistry): Capabilities => ({
  providers: [...registry.providers.keys()],
  tools: [...registry.tools.keys()],
  prompting: [...registry.prompting.keys()],
});

const KINDS = { providers: "provider", tools: "tool", prompting: "prompting strategy" } as const;

/** What of `needs` is not offered, in words. */
export function missingFrom(offered: Capabilities, needs: Capabilities): string[] {
  const kinds = ["providers", "tools", "prompting"] as const;
  return kinds.flatMap((kind) =>
    needs[kind]
      .filter((name) => !offered[kind].includes(name))
      .map((name) => `${KINDS[kind]} '${name}'`),
  );
}
