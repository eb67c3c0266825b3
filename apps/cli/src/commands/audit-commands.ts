import { type Command, Option } from "commander";
import { chainHead } from "../arguments/chain-head.ts";
import { examples } from "../arguments/examples.ts";
import { jsonOption } from "../arguments/json-option.ts";
import { withPageOptions } from "../arguments/page-options.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { remoteOf } from "../remote.ts";
import { type AuditListOptions, listAudit } from "./audit-list.ts";
import type { AuditVerifyOptions } from "./audit-verify.ts";

const ID = "0199a6f0-0000-7000-8000-000000000000";
const platformOption = () =>
  new Option("--platform", "of the platform: acts on tenants, and callers of no known tenant");

export function addAuditCommands(program: Command, { context, onExit }: CommandHost): void {
  const audit = program
    .command("audit")
    .description("who did what, and who was refused")
    .addHelpText("after", examples("llamaagent audit list", "llamaagent audit verify"));

  withPageOptions(
    audit.command("list").description("records of the tenant, newest first, for its admins"),
  )
    .addOption(platformOption())
    .option("--action <action>", "only this, such as keys.create; access: no act, but refused")
    .option("--subject <subject>", "only of this caller")
    .addOption(
      new Option("--outcome <outcome>", "only what was done, or refused").choices([
        "done",
        "refused",
      ]),
    )
    .option("--since <time>", "only from this time on, as 2026-11-30T08:00:00Z")
    .option("--until <time>", "only before this time")
    .addHelpText(
      "after",
      examples(
        "llamaagent audit list --outcome refused",
        "llamaagent audit list --action keys.create --all --json",
      ),
    )
    .action(async (options: AuditListOptions) => {
      await listAudit(remoteOf(context, options), options);
      onExit(EXIT.done);
    });

  audit
    .command("verify")
    .description("recompute every hash of the chain, and print where it ends")
    .addOption(platformOption())
    .addOption(
      new Option("--expect <head>", "what verify printed before: is it still there?").argParser(
        chainHead,
      ),
    )
    .option("--database", "all chains of the database itself, without a server")
    .addOption(
      new Option("--tenant <tenant-id>", "with --database: of one tenant").conflicts("platform"),
    )
    .addOption(jsonOption("a line of JSON for each"))
    .addHelpText("after", VERIFY_HELP)
    .action(async (options: AuditVerifyOptions) =>
      onExit(await (await import("./audit-verify.ts")).auditVerifyCommand(context, options)),
    );
}

const VERIFY_HELP = `
Prints the head of the chain, <seq>:<hash>. Keep it where nobody who can write to the database can
write: with --expect a chain that was cut at its end, or made anew, is told from one that has grown.
Exits with 1 at the first record that was changed, removed or put in.

--database reads the database of DATABASE_URL where it is set, else the folder of the embedded server,
which must not run meanwhile; it prints a line for each chain, the platform's under the nil UUID.
${examples(
  "llamaagent audit verify",
  `llamaagent audit verify --expect 17:${"0123456789abcdef".repeat(4)}`,
  `llamaagent audit verify --database --tenant ${ID}`,
)}`;
