import { constants, existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isAppError } from "@llamaagent/core";
import { createPglite } from "@llamaagent/db";
import { type CheckResult, fail, ok, reasonOf } from "./check.ts";
import { checkDatabase } from "./check-database.ts";

/** The embedded database: opened where it is there and nobody has it open; never made. */
export async function checkDataDirectory(dataDir: string): Promise<CheckResult[]> {
  const directory = resolve(dataDir);
  const isWritable = await access(nearestExisting(directory), constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return [
      fail(
        "data directory",
        `${directory} cannot be written`,
        "change its permissions, or set LLAMAAGENT_DATA_DIR to another folder",
      ),
    ];
  if (!existsSync(join(directory, "postgres")))
    return [ok("data directory", `${directory} is made by the first \`npm start\``)];
  let database;
  try {
    database = await createPglite({ dataDir: directory });
  } catch (error) {
    if (isAppError(error, "invalid_configuration"))
      return [ok("data directory", `${directory} is in use: a server is running on it`)];
    return [
      fail(
        "data directory",
        `${directory} cannot be opened: ${reasonOf(error)}`,
        "restore it from a copy, or set LLAMAAGENT_DATA_DIR to a new folder",
      ),
    ];
  }
  try {
    return [ok("data directory", `${directory} is free`), ...(await checkDatabase(database))];
  } finally {
    await database.close();
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}
