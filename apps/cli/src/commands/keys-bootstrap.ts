import { resolve } from "node:path";
import { bootstrapKey } from "@llamaagent/auth";
import { DEFAULT_TENANT_ID, type Environment, isAppError, readSettings } from "@llamaagent/core";
import {
  assertSchemaIsCurrent,
  createPglite,
  createPostgres,
  type Database,
  migrate,
  postgresOptions,
  postgresSettings,
} from "@llamaagent/db";
import { uuidv7 } from "uuidv7";
import type { JsonOption } from "../arguments/json-option.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { embeddedSettings } from "../embedded/embedded-settings.ts";

/** The key goes to stdout, and is nowhere else. */
export async function keysBootstrapCommand(
  { env, terminal }: CliContext,
  { json }: JsonOption,
): Promise<ExitCode> {
  const db = await open(env);
  try {
    const key = await bootstrapKey(db, { tenantId: DEFAULT_TENANT_ID, keyId: uuidv7() });
    if (json) terminal.out(`${JSON.stringify(key, null, 2)}\n`);
    else {
      terminal.note("The first admin key. Keep it: it is shown this once.\n");
      terminal.out(`${key.key}\n`);
    }
    return EXIT.done;
  } catch (error) {
    if (isAppError(error, "conflict")) throw new CliError(error.message);
    throw error;
  } finally {
    await db.close();
  }
}

/** That of DATABASE_URL where it is set, else the folder of the embedded server, which must not run. */
async function open(env: Environment): Promise<Database> {
  if (env["DATABASE_URL"] || env["DATABASE_URL_FILE"]) {
    const db = createPostgres(postgresOptions(readSettings(postgresSettings, env)));
    try {
      await assertSchemaIsCurrent(db);
      return db;
    } catch (error) {
      await db.close();
      throw error;
    }
  }
  const { LLAMAAGENT_DATA_DIR } = readSettings(embeddedSettings, env);
  const db = await createPglite({ dataDir: resolve(LLAMAAGENT_DATA_DIR) });
  await migrate({ database: db });
  return db;
}
