import type { Agent, AgentCreate } from "@llamaagent/client";
import type { Command } from "commander";
import { actOnEach } from "../act-on-each.ts";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import { readJsonObject } from "../arguments/read-json-object.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { block, details, jsonOf } from "../output/details.ts";
import { printOne } from "../output/print-one.ts";
import { type Remote, remoteOf } from "../remote.ts";
import { addAgentsListCommand } from "./agents-list.ts";

export function addAgentsCommands(program: Command, host: CommandHost): void {
  const { context, onExit } = host;
  const agents = program
    .command("agents")
    .description("find agents, look at them, create and delete them")
    .addHelpText("after", examples("llamaagent agents list", "llamaagent agents show default"));

  addAgentsListCommand(agents, host);

  agents
    .command("show")
    .description("an agent as it is now")
    .argument("<agent>", "name or id")
    .addOption(jsonOption("one JSON document"))
    .addHelpText("after", examples("llamaagent agents show default --json"))
    .action(async (agent: string, options: JsonOption) => {
      const remote = remoteOf(context, options);
      printAgent(remote, await remote.client.agents.get(agent, remote));
      onExit(EXIT.done);
    });

  agents
    .command("create")
    .description("create an agent from the JSON of POST /agents")
    .argument("[file]", "left out or -: standard input")
    .addOption(jsonOption("one JSON document"))
    .addHelpText(
      "after",
      examples(
        "llamaagent agents create reader.json",
        `echo '{"name": "reader", "model": "openai/gpt-5"}' | llamaagent agents create`,
      ),
    )
    .action(async (file: string | undefined, options: JsonOption) => {
      await createAgent(remoteOf(context, options), file);
      onExit(EXIT.done);
    });

  agents
    .command("delete")
    .description("delete agents; their runs stay")
    .argument("<agent...>", "names or ids")
    .addOption(jsonOption("a line of JSON for each"))
    .addHelpText("after", examples("llamaagent agents delete reader writer"))
    .action(async (names: string[], options: JsonOption) =>
      onExit(await deleteAgents(remoteOf(context, options), names)),
    );
}

async function createAgent(remote: Remote, file: string | undefined): Promise<void> {
  // The server says what is wrong with it, with pointers.
  const agent = (await readJsonObject(file, remote.signal)) as unknown as AgentCreate;
  printAgent(remote, await remote.client.agents.create(agent, remote));
}

function deleteAgents(remote: Remote, names: readonly string[]): Promise<ExitCode> {
  return actOnEach(remote, {
    ids: names,
    idField: "agent",
    noun: "agents",
    act: async (name) => {
      await remote.client.agents.delete(name, remote);
      return { outcome: "deleted" };
    },
  });
}

function printAgent(remote: Remote, agent: Agent): void {
  const { limits } = agent;
  const text = details([
    ["name", agent.name],
    ["agent", agent.agent_id],
    ["version", agent.version],
    ["description", agent.description],
    ["model", agent.model],
    ["tools", agent.tools.length === 0 ? undefined : agent.tools.join(" ")],
    ["prompting", agent.prompting],
    [
      "limits",
      `${limits.max_steps} steps, ${limits.max_tokens} tokens, ${limits.timeout_seconds} s`,
    ],
    ["metadata", jsonOf(agent.metadata)],
    ["created", agent.created_at],
    ["updated", agent.updated_at],
  ]);
  printOne(remote, { value: agent, text: text + block("instructions", agent.instructions) });
}
