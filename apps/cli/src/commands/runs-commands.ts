import { type Command, Option } from "commander";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import { jsonValue } from "../arguments/json-value.ts";
import { type PageOptions, withPageOptions } from "../arguments/page-options.ts";
import { type RunFilterOptions, withRunFilter } from "../arguments/run-filter.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { remoteOf } from "../remote.ts";
import { cancelRuns } from "./runs-cancel.ts";
import { DEAD_REASONS, type DeadOptions, deadRuns } from "./runs-dead.ts";
import { listRuns } from "./runs-list.ts";
import { OUTCOMES, type ResumeOptions, resumeRun } from "./runs-resume.ts";
import { type RetryOptions, retryRuns } from "./runs-retry.ts";
import { showRun } from "./runs-show.ts";
import { runsTailCommand } from "./runs-tail.ts";

const ID = "0199a6f0-0000-7000-8000-000000000000";
const eachOutcome = () => jsonOption("a line of JSON for each");
const reason = () =>
  new Option("--reason <reason>", "only those that ended so").choices(DEAD_REASONS);

export function addRunsCommands(program: Command, { context, onExit }: CommandHost): void {
  const runs = program
    .command("runs")
    .description("find runs, look at them, resume, cancel and retry them")
    .addHelpText("after", examples("llamaagent runs list", `llamaagent runs show ${ID}`));

  withPageOptions(withRunFilter(runs.command("list").description("runs, newest first")))
    .addHelpText(
      "after",
      examples(
        "llamaagent runs list --status error --agent reader",
        "llamaagent runs list --state waiting",
        "llamaagent runs list --metadata team=blue --metadata ticket:=17 --limit 100",
        "llamaagent runs list --all --json | jq -r .run_id",
      ),
    )
    .action(async (options: RunFilterOptions & PageOptions) => {
      await listRuns(remoteOf(context, options), options);
      onExit(EXIT.done);
    });

  runs
    .command("show")
    .description("a run and its steps")
    .argument("<run-id>")
    .addOption(jsonOption("one JSON document"))
    .addHelpText(
      "after",
      examples(`llamaagent runs show ${ID}`, `llamaagent runs show ${ID} --json | jq .run.output`),
    )
    .action(async (runId: string, options: JsonOption) => {
      await showRun(remoteOf(context, options), runId);
      onExit(EXIT.done);
    });

  runs
    .command("tail")
    .description("print the events of a run to its end, or to where it waits for a person")
    .argument("<run-id>")
    .option(
      "--after <event-id>",
      "begin after this event; after the one that says run.paused: wait for a person",
    )
    .option("--json", "print each event as one line of JSON")
    .addHelpText(
      "after",
      examples(`llamaagent runs tail ${ID}`, `llamaagent runs tail ${ID} --after 1-12 --json`),
    )
    .action(async (runId: string, options: { after?: string; json?: boolean }) =>
      onExit(await runsTailCommand(context, runId, options)),
    );

  runs
    .command("resume")
    .description("tell a run that waits what became of a step; with the last of them it goes on")
    .argument("<run-id>")
    .argument("<step-key>")
    .addOption(
      new Option(
        "--outcome <outcome>",
        "it took effect, it did not (and is done again), or the run ends",
      )
        .choices(OUTCOMES)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--output <json>", "with done: what the model is told (default: null)").argParser(
        jsonValue,
      ),
    )
    .addOption(jsonOption("one JSON document"))
    .addHelpText(
      "after",
      `
runs show prints the steps that a run waits for, with their arguments.
${examples(
  `llamaagent runs resume ${ID} model/0/tools/0 --outcome not_done`,
  `llamaagent runs resume ${ID} model/0/tools/0 --outcome done --output true`,
)}`,
    )
    .action(async (runId: string, stepKey: string, options: ResumeOptions & JsonOption) => {
      await resumeRun(remoteOf(context, options), { runId, stepKey }, options);
      onExit(EXIT.done);
    });

  withRunFilter(
    runs
      .command("cancel")
      .description("end runs, by their ids or by what they have in common")
      .argument("[run-id...]"),
  )
    .option("--all", "every run that has not ended")
    .addOption(eachOutcome())
    .addHelpText(
      "after",
      `
Prints what came of each: cancelled, ended (before, it stays as it is) or not_found (exit code 1).
${examples(
  `llamaagent runs cancel ${ID}`,
  "llamaagent runs cancel --agent reader --metadata team=blue",
)}`,
    )
    .action(async (runIds: string[], options: RunFilterOptions & JsonOption & { all?: boolean }) =>
      onExit(await cancelRuns(remoteOf(context, options), runIds, options)),
    );

  runs
    .command("retry")
    .description("take up ended runs that did not complete, as new ones")
    .argument("[run-id...]")
    .option("--from-step <step-key>", "do this step and what began after it again")
    .option("--dead", "all dead letters")
    .addOption(reason())
    .addOption(eachOutcome())
    .addHelpText(
      "after",
      `
Prints what came of each, with the id of the new run: retried, or retried_before (nothing begins anew).
${examples(
  `llamaagent runs retry ${ID}`,
  `llamaagent runs retry ${ID} --from-step model/0/tools/0`,
  "llamaagent runs retry --dead --reason timeout",
)}`,
    )
    .action(async (runIds: string[], options: RetryOptions & JsonOption) =>
      onExit(await retryRuns(remoteOf(context, options), runIds, options)),
    );

  withPageOptions(
    runs
      .command("dead")
      .description("runs that ended in error or timed out and were neither retried nor dropped"),
  )
    .addOption(reason())
    .addOption(
      new Option("--drop <run-id...>", "take these off the list; the runs stay").conflicts([
        "limit",
        "all",
        "reason",
      ]),
    )
    .addHelpText(
      "after",
      examples("llamaagent runs dead --reason error", `llamaagent runs dead --drop ${ID}`),
    )
    .action(async (options: DeadOptions) =>
      onExit(await deadRuns(remoteOf(context, options), options)),
    );
}
