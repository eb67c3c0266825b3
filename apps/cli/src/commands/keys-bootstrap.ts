import { bootstrapKey } from "@llamaagent/auth";
import { DEFAULT_TENANT_ID, isAppError } from "@llamaagent/core";
import { uuidv7 } from "uuidv7";
import type { JsonOption } from "../arguments/json-option.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { openDatabase } from "../open-database.ts";
import { oneLine } from "../terminal.ts";

/** The key goes to stdout, and is nowhere else. */
export async function keysBootstrapCommand(
  { env, terminal }: CliContext,
  { json }: JsonOption,
): Promise<ExitCode> {
  await using opened = await openDatabase(env);
  try {
    const key = await bootstrapKey(opened.db, { tenantId: DEFAULT_TENANT_ID, keyId: uuidv7() });
    terminal.note(`The first admin key of ${opened.name}. Keep it: it is shown this once.\n`);
    terminal.out(json ? `${JSON.stringify(key, null, 2)}\n` : `${key.key}\n`);
    return EXIT.done;
  } catch (error) {
    if (isAppError(error, "conflict")) throw new CliError(oneLine(error.message, 500));
    throw error;
  }
}
