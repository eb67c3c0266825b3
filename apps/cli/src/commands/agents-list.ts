import type { Agent, Json } from "@llamaagent/client";
import { type Command, Option } from "commander";
import { examples } from "../arguments/examples.ts";
import { metadataOption } from "../arguments/metadata-option.ts";
import { type PageOptions, withPageOptions } from "../arguments/page-options.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { age } from "../output/age.ts";
import { printPages } from "../output/print-pages.ts";
import type { Column } from "../output/table.ts";
import { pageOf } from "../read-pages.ts";
import { type Remote, remoteOf } from "../remote.ts";

interface AgentListOptions extends PageOptions {
  name?: string;
  metadata?: Record<string, Json>;
}

const columns: Column<Agent>[] = [
  { title: "AGENT", value: (agent) => agent.agent_id },
  { title: "NAME", value: (agent) => agent.name },
  { title: "VERSION", value: (agent) => agent.version },
  { title: "AGE", value: (agent) => age(agent.created_at) },
  { title: "MODEL", value: (agent) => agent.model, canShrink: true },
];

export function addAgentsListCommand(agents: Command, { context, onExit }: CommandHost): void {
  withPageOptions(agents.command("list").description("agents, newest first"))
    .addOption(new Option("--name <part>", "only agents whose name has this in it"))
    .addOption(metadataOption("only agents whose metadata contain this"))
    .addHelpText(
      "after",
      examples("llamaagent agents list --name reader", "llamaagent agents list --all --json"),
    )
    .action(async (options: AgentListOptions) => {
      await listAgents(remoteOf(context, options), options);
      onExit(EXIT.done);
    });
}

function listAgents(remote: Remote, options: AgentListOptions): Promise<void> {
  const { name, metadata } = options;
  let offset = 0;
  return printPages(remote, options, {
    noun: "agents",
    columns,
    page: async (_, limit) => {
      const search = {
        ...(name === undefined ? {} : { name }),
        ...(metadata === undefined ? {} : { metadata }),
        limit,
        offset,
      };
      const found = await remote.client.agents.search(search, remote);
      offset += found.length;
      return pageOf(found, { limit, next: () => String(offset) });
    },
  });
}
