import { type Command, Option } from "commander";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import { type PageOptions, withPageOptions } from "../arguments/page-options.ts";
import { wholeNumber } from "../arguments/whole-number.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { remoteOf } from "../remote.ts";
import {
  createKey,
  type CreateKeyOptions,
  createToken,
  listKeys,
  revokeKeys,
  rotateKey,
  showMe,
} from "./keys.ts";

const ID = "0199a6f0-0000-7000-8000-000000000000";
const scopeOption = () =>
  new Option("-s, --scope <permission...>", "only these of what the roles allow").default(
    [],
    "all",
  );
const expiryOption = (description: string) =>
  new Option("--expires-in-seconds <count>", description).argParser(wholeNumber);
const document = () => jsonOption("one JSON document");

export function addKeysCommands(program: Command, { context, onExit }: CommandHost): void {
  const keys = program
    .command("keys")
    .description("who may call the server, and what they may do")
    .addHelpText("after", examples("llamaagent keys list"));

  keys
    .command("bootstrap")
    .description("make the first admin key, in the database itself")
    .addOption(document())
    .addHelpText("after", BOOTSTRAP_HELP)
    .action(async (options: JsonOption) =>
      onExit(await (await import("./keys-bootstrap.ts")).keysBootstrapCommand(context, options)),
    );

  keys
    .command("rotate-master")
    .description("wrap all stored secrets with the first of LLAMAAGENT_MASTER_KEYS")
    .addOption(document())
    .addHelpText("after", ROTATE_MASTER_HELP)
    .action(async (options: JsonOption) =>
      onExit(
        await (await import("./keys-rotate-master.ts")).keysRotateMasterCommand(context, options),
      ),
    );

  withPageOptions(
    keys.command("list").description("keys, newest first, also those that have ended"),
  )
    .addHelpText("after", examples("llamaagent keys list --all --json"))
    .action(async (options: PageOptions) => {
      await listKeys(remoteOf(context, options), options);
      onExit(EXIT.done);
    });

  keys
    .command("create")
    .description("create a key, which may do no more than the one that creates it")
    .argument("<name>", "for people")
    .addOption(
      new Option(
        "-r, --role <role...>",
        "viewer, operator, developer, admin or platform_admin",
      ).makeOptionMandatory(),
    )
    .addOption(scopeOption())
    .option("--tenant <tenant-id>", "of another tenant, by a platform admin")
    .option("--subject <subject>", "whom it speaks for; itself if left out")
    .addOption(expiryOption("it ends by itself then"))
    .addOption(document())
    .addHelpText(
      "after",
      examples(
        "llamaagent keys create billing --role operator --scope runs:read runs:write",
        "export LLAMAAGENT_API_KEY=$(llamaagent keys create me --role developer)",
      ),
    )
    .action(async (name: string, options: CreateKeyOptions & JsonOption) => {
      await createKey(remoteOf(context, options), name, options);
      onExit(EXIT.done);
    });

  keys
    .command("rotate")
    .description("create a key in the place of another, which ends a while later")
    .argument("<key-id>")
    .addOption(
      new Option("--overlap <seconds>", "so long both hold; a day if left out").argParser(
        wholeNumber,
      ),
    )
    .addOption(document())
    .addHelpText("after", examples(`llamaagent keys rotate ${ID} --overlap 3600`))
    .action(async (id: string, options: { overlap?: number } & JsonOption) => {
      await rotateKey(remoteOf(context, options), id, options);
      onExit(EXIT.done);
    });

  keys
    .command("token")
    .description("exchange LLAMAAGENT_API_KEY for a token that ends soon, and may do no more")
    .addOption(scopeOption())
    .addOption(expiryOption("it ends then, at most in an hour; in 15 minutes if left out"))
    .addOption(document())
    .addHelpText("after", examples("llamaagent keys token --scope runs:read"))
    .action(async (options: Pick<CreateKeyOptions, "scope" | "expiresInSeconds"> & JsonOption) => {
      await createToken(remoteOf(context, options), options);
      onExit(EXIT.done);
    });

  keys
    .command("revoke")
    .description("revoke keys; within 5 s no replica takes them, and their streams end")
    .argument("<key-id...>")
    .addOption(jsonOption("a line of JSON for each"))
    .addHelpText("after", examples(`llamaagent keys revoke ${ID}`))
    .action(async (ids: string[], options: JsonOption) =>
      onExit(await revokeKeys(remoteOf(context, options), ids)),
    );

  program
    .command("me")
    .description("who LLAMAAGENT_API_KEY speaks for, and what it may do")
    .addOption(document())
    .addHelpText("after", examples("llamaagent me"))
    .action(async (options: JsonOption) => {
      await showMe(remoteOf(context, options));
      onExit(EXIT.done);
    });
}

const BOOTSTRAP_HELP = `
Writes to the database of DATABASE_URL where it is set, else to the folder of the embedded server,
which must not run meanwhile. Refused where an admin key holds already: others are created with that.
Whoever can write to the database can do this, also after the last admin key was lost and revoked.
${examples("llamaagent keys bootstrap", "export LLAMAAGENT_API_KEY=$(llamaagent keys bootstrap)")}`;

const ROTATE_MASTER_HELP = `
Works on the database of DATABASE_URL where it is set, while its servers run: all of them must have been
started with the key that comes first now. Else on the folder of the embedded server, which must not run
meanwhile. Also encrypts secrets that an earlier release has stored plain. Interrupted, it is run again.
Ends with 1 where a secret could not be opened, or was changed meanwhile: no former key may go then.
docs/encryption.md says what comes before and after it.
${examples(
  "llamaagent keys rotate-master",
  "LLAMAAGENT_MASTER_KEYS=2:file:/run/secrets/new,1:file:/run/secrets/old llamaagent keys rotate-master",
)}`;
