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
import { z } from "zod";
import type { JsonOption } from "../arguments/json-option.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { embeddedSettings } from "../embedded/embedded-settings.ts";
import { oneLine } from "../terminal.ts";

/** The key goes to stdout, and is nowhere else. */
export async function keysBootstrapCommand(
  { env, terminal }: CliContext,
  { json }: JsonOption,
): Promise<ExitCode> {
  await using opened = await open(env);
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

interface Opened extends AsyncDisposable {
  db: Database;
  /** For people. */
  name: string;
}

/** That of DATABASE_URL where it is set, else the folder of the embedded server, which must not run. */
async function open(env: Environment): Promise<Opened> {
  await using begun = new AsyncDisposableStack();
  const owned = (db: Database, name: string): Opened => {
    const stack = begun.move();
    return { db, name, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  };
  if (env["DATABASE_URL"] || env["DATABASE_URL_FILE"]) {
    const db = createPostgres(postgresOptions(readSettings(postgresSettings, env)));
    begun.defer(() => db.close());
    await assertSchemaIsCurrent(db);
    return owned(db, "the database of DATABASE_URL");
  }
  const { LLAMAAGENT_DATA_DIR } = embeddedSettings.shape;
  const settings = readSettings(z.object({ LLAMAAGENT_DATA_DIR }), env);
  const dataDir = resolve(settings.LLAMAAGENT_DATA_DIR);
  const db = await createPglite({ dataDir });
  begun.defer(() => db.close());
  await migrate({ database: db });
  return owned(db, dataDir);
}
