import { constants, existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isAppError } from "@llamaagent/core";
import { createPglite } from "@llamaagent/db";
import { type CheckResult, fail, ok, reasonOf } from "./check.ts";
import { checkDatabase } from "./check-database.ts";
import { checkDisk } from "./check-disk.ts";
import type { EmbeddedFacts } from "./promises/facts.ts";

export interface DataDirectoryFindings {
  checks: CheckResult[];
  /** Absent where the database cannot be used as it is. */
  facts?: EmbeddedFacts;
}

/** PGlite starts Postgres with `-F`. Said where the database cannot be asked: it is in use, or not made yet. */
const DEFAULTS: EmbeddedFacts = { topology: "embedded", fsync: false };

/** The embedded database: opened where it is there and nobody has it open; never made. */
export async function checkDataDirectory(dataDir: string): Promise<DataDirectoryFindings> {
  const directory = resolve(dataDir);
  const existing = nearestExisting(directory);
  const isWritable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return {
      checks: [
        fail(
          "data directory",
          `${directory} cannot be written`,
          "change its permissions, or set LLAMAAGENT_DATA_DIR to another folder",
        ),
      ],
    };
  const { checks, facts } = await checkCluster(directory);
  return { checks: [...checks, await checkDisk(existing)], ...(facts ? { facts } : {}) };
}

async function checkCluster(directory: string): Promise<DataDirectoryFindings> {
  if (!existsSync(join(directory, "postgres")))
    return {
      checks: [ok("data directory", `${directory} is made by the first \`npm start\``)],
      facts: DEFAULTS,
    };
  let database;
  try {
    database = await createPglite({ dataDir: directory });
  } catch (error) {
    if (isAppError(error, "invalid_configuration"))
      return {
        checks: [ok("data directory", `${directory} is in use: a server is running on it`)],
        facts: DEFAULTS,
      };
    return {
      checks: [
        fail(
          "data directory",
          `${directory} cannot be opened: ${reasonOf(error)}`,
          "restore it from a copy, or set LLAMAAGENT_DATA_DIR to a new folder",
        ),
      ],
    };
  }
  try {
    const { checks, facts } = await checkDatabase(database);
    return {
      checks: [ok("data directory", `${directory} is free`), ...checks],
      ...(facts ? { facts: { topology: "embedded", fsync: facts.fsync } } : {}),
    };
  } finally {
    await database.close();
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}
