import { Command } from "commander";
import cli from "../package.json" with { type: "json" };
import { examples } from "./arguments/examples.ts";
import type { CliContext } from "./cli-context.ts";
import type { ExitCode } from "./cli-error.ts";
import type { RunOptions } from "./commands/run.ts";
import { addAgentsCommands } from "./commands/agents.ts";
import { addAuditCommands } from "./commands/audit-commands.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addTenantsCommands } from "./commands/tenants-commands.ts";
import { addKeysCommands } from "./commands/keys-commands.ts";
import { addQueueCommand } from "./commands/queue.ts";
import { addRunsCommands } from "./commands/runs-commands.ts";
import { addSchedulesCommands } from "./commands/schedules-commands.ts";
import { addServerCommands } from "./commands/server-commands.ts";
import { addThreadsCommands } from "./commands/threads.ts";

export function createProgram(context: CliContext, onExit: (code: ExitCode) => void): Command {
  const host = { context, onExit };
  const program = new Command("llamaagent")
    .description("Run LlamaAgent, or talk to one that runs.")
    .version(cli.version)
    .addHelpText("after", HELP)
    .showHelpAfterError("(llamaagent --help shows how it is used)");

  addServerCommands(program, host);
  program
    .command("run")
    .description("start a run on the server and print its stream; the answer goes to stdout")
    .argument("<question>")
    .option("-a, --agent <name>", "name or id; the server's default agent if left out")
    .option("-f, --file <path>", "upload a file for the agent to read; repeatable", collect, [])
    .option("-t, --thread <id>", "go on in this thread: the agent knows what was said in it")
    .option("--json", "print each event as one line of JSON")
    .addHelpText(
      "after",
      examples(
        'llamaagent run --file README.md "How do I use a real model?"',
        'llamaagent run --agent reader --json "What is 6 * 7?"',
      ),
    )
    .action(async (question: string, options: RunOptions) =>
      onExit(await (await import("./commands/run.ts")).runCommand(context, question, options)),
    );
  addRunsCommands(program, host);
  addAgentsCommands(program, host);
  addThreadsCommands(program, host);
  addSchedulesCommands(program, host);
  addQueueCommand(program, host);
  addKeysCommands(program, host);
  addTenantsCommands(program, host);
  addAuditCommands(program, host);
  addCompletionCommand(program, host);
  forEachCommand(program, (command) => command.exitOverride());
  return program;
}

/** commander ends the process otherwise, with 1 for what is a usage error. */
function forEachCommand(command: Command, use: (command: Command) => void): void {
  use(command);
  for (const child of command.commands) forEachCommand(child, use);
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

const HELP = `
Environment:
  LLAMAAGENT_URL        server of run, runs, agents, threads, schedules, queue, keys, tenants and
                        audit (default http://127.0.0.1:8000)
  LLAMAAGENT_API_KEY    key for it; llamaagent keys bootstrap makes the first
  .env.example lists all variables; each can also be given as NAME_FILE.

Output:
  Results go to stdout, progress and errors to stderr. With --json a command prints one JSON document,
  or a line of JSON for each item where there may be many.

Exit codes:
  0    done; for run and runs tail: the run succeeded
  1    the run, a check or the command failed; for commands that take several ids: one of them could
       not be done, the others are
  2    arguments that cannot be used
  3    run and runs tail: the run waits for a person; runs resume tells it what became of its step
  70   dev and worker: a run blocked the event loop for 8 s, and the watchdog ended the process
  130  interrupted
${examples(
  "llamaagent dev",
  'llamaagent run --file README.md "How do I use a real model?"',
  "llamaagent runs list --status error",
  "llamaagent runs tail 0199a6f0-0000-7000-8000-000000000000 --after 1-12",
  "llamaagent doctor",
)}`;
