import { readSettings } from "@llamaagent/core";
import { migrate, postgresSettings } from "@llamaagent/db";
import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";

/** The embedded database migrates itself when it starts; this is for Postgres. */
export async function migrateCommand({ env, terminal }: CliContext): Promise<ExitCode> {
  const settings = readSettings(postgresSettings, env);
  const { applied, partitions } = await migrate({
    url: settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL,
  });
  for (const name of applied) terminal.out(`applied ${name}\n`);
  for (const name of partitions) terminal.out(`made partition ${name}\n`);
  if (applied.length + partitions.length === 0) terminal.out("the schema is current\n");
  return EXIT.done;
}
