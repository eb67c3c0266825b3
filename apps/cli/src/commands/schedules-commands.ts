import { type Command, Option } from "commander";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import { type PageOptions, withPageOptions } from "../arguments/page-options.ts";
import { wholeNumber } from "../arguments/whole-number.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { remoteOf } from "../remote.ts";
import {
  createSchedule,
  deleteSchedules,
  enableSchedules,
  listFirings,
  listSchedules,
  previewTimetable,
  type PreviewOptions,
  showSchedule,
} from "./schedules.ts";

const ID = "0199a6f0-0000-7000-8000-000000000000";
const document = () => jsonOption("one JSON document");
const eachOutcome = () => jsonOption("a line of JSON for each");

export function addSchedulesCommands(program: Command, { context, onExit }: CommandHost): void {
  const schedules = program
    .command("schedules")
    .description("schedules, and what they started")
    .addHelpText("after", examples("llamaagent schedules list"));

  withPageOptions(schedules.command("list").description("schedules, newest first"))
    .addHelpText("after", examples("llamaagent schedules list --all --json"))
    .action(async (options: PageOptions) => {
      await listSchedules(remoteOf(context, options), options);
      onExit(EXIT.done);
    });

  schedules
    .command("show")
    .description("a schedule and its next firings")
    .argument("<schedule-id>")
    .addOption(document())
    .addHelpText("after", examples(`llamaagent schedules show ${ID}`))
    .action(async (id: string, options: JsonOption) => {
      await showSchedule(remoteOf(context, options), id);
      onExit(EXIT.done);
    });

  schedules
    .command("create")
    .description("create a schedule from the JSON of POST /schedules")
    .argument("[file]", "left out or -: standard input")
    .addOption(document())
    .addHelpText(
      "after",
      examples(
        "llamaagent schedules create morning.json",
        `echo '{"cron": "0 7 * * mon-fri", "run": {"agent_id": "reader", "input": "News?"}}' | llamaagent schedules create`,
      ),
    )
    .action(async (file: string | undefined, options: JsonOption) => {
      await createSchedule(remoteOf(context, options), file);
      onExit(EXIT.done);
    });

  for (const [name, enabled] of [
    ["enable", true],
    ["disable", false],
  ] as const)
    schedules
      .command(name)
      .description(enabled ? "let schedules fire from now on" : "keep schedules from firing")
      .argument("<schedule-id...>")
      .addOption(eachOutcome())
      .addHelpText("after", examples(`llamaagent schedules ${name} ${ID}`))
      .action(async (ids: string[], options: JsonOption) =>
        onExit(await enableSchedules(remoteOf(context, options), { ids, enabled })),
      );

  schedules
    .command("delete")
    .description("delete schedules; runs that they started go on")
    .argument("<schedule-id...>")
    .addOption(eachOutcome())
    .addHelpText("after", examples(`llamaagent schedules delete ${ID}`))
    .action(async (ids: string[], options: JsonOption) =>
      onExit(await deleteSchedules(remoteOf(context, options), ids)),
    );

  withPageOptions(
    schedules
      .command("firings")
      .description("what a schedule did in the last 30 days, newest first")
      .argument("<schedule-id>"),
  )
    .addHelpText("after", examples(`llamaagent schedules firings ${ID} --limit 5`))
    .action(async (id: string, options: PageOptions) => {
      await listFirings(remoteOf(context, options), { id, options });
      onExit(EXIT.done);
    });

  schedules
    .command("preview")
    .description("when a timetable would fire; nothing is stored")
    .argument("<cron>", "five fields, or six with seconds first")
    .option("--timezone <name>", "of the IANA; UTC if left out")
    .option("--after <time>", "an ISO time; now if left out")
    .addOption(new Option("--count <count>", "so many firings").argParser(wholeNumber))
    .addOption(document())
    .addHelpText(
      "after",
      examples('llamaagent schedules preview "0 7 * * mon-fri" --timezone Europe/Berlin'),
    )
    .action(async (cron: string, options: PreviewOptions & JsonOption) => {
      await previewTimetable(remoteOf(context, options), cron, options);
      onExit(EXIT.done);
    });
}
