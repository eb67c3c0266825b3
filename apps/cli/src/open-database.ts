import { resolve } from "node:path";
import { type Environment, readSettings } from "@llamaagent/core";
import {
  assertSchemaIsCurrent,
  createPglite,
  createPostgres,
  type Database,
  migrate,
  postgresOptions,
  postgresSettings,
} from "@llamaagent/db";
import { z } from "zod";
import { embeddedSettings } from "./embedded/embedded-settings.ts";
import { ownKeyFile } from "./embedded/own-key-file.ts";

interface Opened extends AsyncDisposable {
  db: Database;
  /** For people. */
  name: string;
  /** Of the embedded server. */
  ownKeyFile?: string;
}

/** That of DATABASE_URL where it is set, else the folder of the embedded server, which must not run. */
export async function openDatabase(env: Environment): Promise<Opened> {
  await using begun = new AsyncDisposableStack();
  const owned = (opened: Omit<Opened, keyof AsyncDisposable>): Opened => {
    const stack = begun.move();
    return { ...opened, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  };
  if (env["DATABASE_URL"] || env["DATABASE_URL_FILE"]) {
    const db = createPostgres(postgresOptions(readSettings(postgresSettings, env)));
    begun.defer(() => db.close());
    await assertSchemaIsCurrent(db);
    return owned({ db, name: "the database of DATABASE_URL" });
  }
  const { LLAMAAGENT_DATA_DIR } = embeddedSettings.shape;
  const settings = readSettings(z.object({ LLAMAAGENT_DATA_DIR }), env);
  const dataDir = resolve(settings.LLAMAAGENT_DATA_DIR);
  const db = await createPglite({ dataDir });
  begun.defer(() => db.close());
  await migrate({ database: db });
  return owned({ db, name: dataDir, ownKeyFile: ownKeyFile(dataDir) });
}
