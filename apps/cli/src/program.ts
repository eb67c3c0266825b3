import { Command } from "commander";
import cli from "../package.json" with { type: "json" };
import type { CliContext } from "./cli-context.ts";
import type { ExitCode } from "./cli-error.ts";

/** Commands import what they need when they run: `--help` and `run` need no database. */
export function createProgram(context: CliContext, onExit: (code: ExitCode) => void): Command {
  const program = new Command("llamaagent")
    .description("Run LlamaAgent, or talk to one that runs.")
    .version(cli.version)
    .addHelpText("after", HELP)
    .showHelpAfterError("(llamaagent --help shows how it is used)");

  program
    .command("dev")
    .description("API and worker in one process, with a database in LLAMAAGENT_DATA_DIR")
    .action(async () => onExit(await (await import("./commands/dev.ts")).devCommand(context)));
  program
    .command("api")
    .description("one API replica; needs DATABASE_URL and REDIS_URL")
    .action(async () => onExit(await (await import("./commands/api.ts")).apiCommand(context)));
  program
    .command("worker")
    .description("one worker replica; needs DATABASE_URL and REDIS_URL")
    .action(async () =>
      onExit(await (await import("./commands/worker.ts")).workerCommand(context)),
    );
  program
    .command("migrate")
    .description("bring the database of DATABASE_DIRECT_URL or DATABASE_URL up to this version")
    .action(async () =>
      onExit(await (await import("./commands/migrate.ts")).migrateCommand(context)),
    );
  program
    .command("doctor")
    .description("check the set-up, and say which of the promises to a run it keeps")
    .option("--json", "print { checks, promises } as one JSON object")
    .addHelpText("after", DOCTOR_HELP)
    .action(async (options: { json?: boolean }) =>
      onExit(await (await import("./commands/doctor.ts")).doctorCommand(context, options)),
    );
  program
    .command("run")
    .description("start a run on the server and print its stream; the answer goes to stdout")
    .argument("<question>")
    .option("-a, --agent <name>", "name or id; the server's default agent if left out")
    .option("-f, --file <path>", "upload a file for the agent to read; repeatable", collect, [])
    .option("--json", "print each event as one line of JSON")
    .action(async (question: string, options: { agent?: string; file: string[]; json?: boolean }) =>
      onExit(await (await import("./commands/run.ts")).runCommand(context, question, options)),
    );
  program
    .command("runs")
    .description("look at runs")
    .command("tail")
    .description("print the events of a run, from its start to its end")
    .argument("<run-id>")
    .option("--after <event-id>", "begin after this event")
    .option("--json", "print each event as one line of JSON")
    .action(async (runId: string, options: { after?: string; json?: boolean }) =>
      onExit(
        await (await import("./commands/runs-tail.ts")).runsTailCommand(context, runId, options),
      ),
    );
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

const DOCTOR_HELP = `
Looks at the environment, the plug-ins, the model's server and the stores: DATABASE_URL and REDIS_URL
where they are set, else the folder of the embedded server. Changes nothing.

Then judges the six promises of docs/durability.md by what it found:
  kept      as the page says
  kept but  on a condition that is named: one worker only, a standby that may lag, and always in the
            embedded server, which is one process and does not survive every power cut
  not kept  with what to do about it: no worker, or a Postgres that may lose what it acknowledged
            (fsync or synchronous_commit off)

The last line sums up, and is the exit code:
  0  all promises are kept, perhaps on a condition, and no check failed. A Redis that is away is a
     warning: every promise is kept without it, runs only begin later
  1  a promise is not kept, or a check failed, so that promises could not be judged or runs fail`;

const HELP = `
Environment:
  LLAMAAGENT_URL        server for run and runs (default http://127.0.0.1:8000)
  LLAMAAGENT_API_KEY    key for it; for dev and api: the key that requests must carry
  .env.example lists all variables; each can also be given as NAME_FILE.

Exit codes:
  0    done; for run and runs tail: the run succeeded
  1    the run, a check or the command failed
  2    arguments that cannot be used
  130  interrupted

Examples:
  llamaagent dev
  llamaagent run --file README.md "How do I use a real model?"
  llamaagent run --agent reader --json "What is 6 * 7?"
  llamaagent runs tail 0199a6f0-0000-7000-8000-000000000000 --after 1-12
  llamaagent doctor`;
