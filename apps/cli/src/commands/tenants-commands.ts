import { type Command, InvalidArgumentError, Option } from "commander";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import { type PageOptions, withPageOptions } from "../arguments/page-options.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { remoteOf } from "../remote.ts";
import {
  createTenant,
  type LimitOptions,
  limitTenant,
  listTenants,
  renameTenant,
  suspendTenants,
} from "./tenants.ts";

const ID = "0199a6f0-0000-7000-8000-000000000000";
const document = () => jsonOption("one JSON document");

export function addTenantsCommands(program: Command, { context, onExit }: CommandHost): void {
  const tenants = program
    .command("tenants")
    .description("those who share the installation, for a platform admin")
    .addHelpText("after", examples("llamaagent tenants list"));

  withPageOptions(tenants.command("list").description("tenants, newest first"))
    .addHelpText("after", examples("llamaagent tenants list --all --json"))
    .action(async (options: PageOptions) => {
      await listTenants(remoteOf(context, options), options);
      onExit(EXIT.done);
    });

  tenants
    .command("create")
    .description("create a tenant, and print its first key, of an admin")
    .argument("<name>", "for people; no two tenants have the same")
    .addOption(document())
    .addHelpText("after", examples("llamaagent tenants create sales"))
    .action(async (name: string, options: JsonOption) => {
      await createTenant(remoteOf(context, options), name);
      onExit(EXIT.done);
    });

  tenants
    .command("rename")
    .description("give a tenant another name")
    .argument("<tenant-id>")
    .argument("<name>")
    .addOption(document())
    .addHelpText("after", examples(`llamaagent tenants rename ${ID} support`))
    .action(async (id: string, name: string, options: JsonOption) => {
      await renameTenant(remoteOf(context, options), id, name);
      onExit(EXIT.done);
    });

  tenants
    .command("limit")
    .description("set what a tenant may have at one time; without options print it")
    .argument("<tenant-id>")
    .addOption(limitOption("open-runs", "runs that have not ended"))
    .addOption(limitOption("open-streams", "open streams and waits, over all replicas"))
    .addOption(limitOption("agents", "agents"))
    .addOption(limitOption("file-bytes", "bytes of all files of its threads"))
    .addOption(limitOption("body-bytes", "bytes of one request's JSON"))
    .addOption(document())
    .addHelpText(
      "after",
      examples(`llamaagent tenants limit ${ID} --open-runs 500 --agents default`),
    )
    .action(async (id: string, options: LimitOptions & JsonOption) => {
      await limitTenant(remoteOf(context, options), id, options);
      onExit(EXIT.done);
    });

  for (const { name, description, suspended } of [
    {
      name: "suspend",
      description: "refuse the callers of tenants, within 5 s, and fire none of their schedules",
      suspended: true,
    },
    { name: "resume", description: "take a suspension back", suspended: false },
  ])
    tenants
      .command(name)
      .description(description)
      .argument("<tenant-id...>")
      .addOption(jsonOption("a line of JSON for each"))
      .addHelpText("after", examples(`llamaagent tenants ${name} ${ID}`))
      .action(async (ids: string[], options: JsonOption) =>
        onExit(await suspendTenants(remoteOf(context, options), ids, suspended)),
      );
}

const limitOption = (name: string, what: string): Option =>
  new Option(`--${name} <count>`, `${what}; \`default\`: as of a new tenant`).argParser(
    countOrDefault,
  );

/** Commander would take null for no argument. */
function countOrDefault(text: string): number | "default" {
  if (text === "default") return text;
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError("It must be a whole number from 0, or `default`.");
}
