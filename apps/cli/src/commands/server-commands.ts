import { type Command, Option } from "commander";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import type { CliContext } from "../cli-context.ts";
import type { CommandHost } from "../command-host.ts";

/** What runs on the server's side. Each imports what it needs when it runs: `--help` needs no database. */
export function addServerCommands(program: Command, { context, onExit }: CommandHost): void {
  const server = (options: JsonOption): CliContext =>
    options.json ? { ...context, env: { ...context.env, LOG_FORMAT: "json" } } : context;
  program
    .command("dev")
    .description("API and worker in one process, with a database in LLAMAAGENT_DATA_DIR")
    .addOption(jsonLogs())
    .addHelpText(
      "after",
      examples("llamaagent dev", "PORT=8001 LLAMAAGENT_DATA_DIR=/tmp/other llamaagent dev"),
    )
    .action(async (options: JsonOption) =>
      onExit(await (await import("./dev.ts")).devCommand(server(options))),
    );
  program
    .command("api")
    .description("one API replica; needs DATABASE_URL and REDIS_URL")
    .addOption(jsonLogs())
    .addHelpText("after", examples("llamaagent api", "PORT=8001 llamaagent api"))
    .action(async (options: JsonOption) =>
      onExit(await (await import("./api.ts")).apiCommand(server(options))),
    );
  program
    .command("worker")
    .description("one worker replica; needs DATABASE_URL and REDIS_URL")
    .addOption(jsonLogs())
    .addHelpText("after", examples("llamaagent worker", "WORKER_SLOTS=50 llamaagent worker"))
    .action(async (options: JsonOption) =>
      onExit(await (await import("./worker.ts")).workerCommand(server(options))),
    );
  program
    .command("migrate")
    .description("bring the database of DATABASE_DIRECT_URL or DATABASE_URL up to this version")
    .addOption(jsonOption("one JSON document"))
    .addHelpText(
      "after",
      examples("llamaagent migrate", "DATABASE_URL=postgres://127.0.0.1/app llamaagent migrate"),
    )
    .action(async (options: JsonOption) =>
      onExit(await (await import("./migrate.ts")).migrateCommand(context, options)),
    );
  program
    .command("doctor")
    .description("check the set-up, and say which of the promises to a run it keeps")
    .option("--json", "print { checks, promises } as one JSON object")
    .addHelpText("after", DOCTOR_HELP)
    .action(async (options: JsonOption) =>
      onExit(await (await import("./doctor.ts")).doctorCommand(context, options)),
    );
}

const jsonLogs = (): Option =>
  new Option("--json", "log lines as JSON on a terminal too, as LOG_FORMAT=json does");

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
  1  a promise is not kept, or a check failed, so that promises could not be judged or runs fail
${examples("llamaagent doctor", "llamaagent doctor --json | jq .promises")}`;
