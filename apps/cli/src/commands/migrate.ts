import { readSettings } from "@llamaagent/core";
import { migrate, postgresSettings } from "@llamaagent/db";
import type { JsonOption } from "../arguments/json-option.ts";
import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";

/** The embedded database migrates itself when it starts; this is for Postgres. */
export async function migrateCommand(
  { env, terminal }: CliContext,
  { json }: JsonOption,
): Promise<ExitCode> {
  const settings = readSettings(postgresSettings, env);
  const { applied, partitions } = await migrate(
    { url: settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL },
    json ? {} : { onApplied: (name) => terminal.out(`applied ${name}\n`) },
  );
  if (json) {
    terminal.out(`${JSON.stringify({ applied, partitions }, null, 2)}\n`);
    return EXIT.done;
  }
  if (partitions.length > 0) terminal.out(`${partitionsLine(partitions)}\n`);
  if (applied.length + partitions.length === 0) terminal.out("the schema is current\n");
  return EXIT.done;
}

/** Of names such as `run_events_2026_11`. */
function partitionsLine(names: readonly string[]): string {
  const months = names.map((name) => name.slice(-"2026_11".length).replace("_", "-")).toSorted();
  const [first, last] = [months[0], months.at(-1)];
  const span = first === last ? first : `${first} to ${last}`;
  return `made ${names.length} partition${names.length === 1 ? "" : "s"}, ${span}`;
}
