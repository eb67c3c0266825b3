import { readSettings } from "@llamaagent/core";
import {
  envelopeSettings,
  loadEnvelope,
  rewrapAll,
  type RewrapReport,
} from "@llamaagent/protection";
import { sealedWebhookKeys } from "@llamaagent/runs";
import type { JsonOption } from "../arguments/json-option.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { openDatabase } from "../open-database.ts";
import { createProgress } from "../output/progress.ts";

/** All that is sealed, under the first of LLAMAAGENT_MASTER_KEYS; what was done of it stays done. */
export async function keysRotateMasterCommand(
  { env, terminal, signal }: CliContext,
  { json }: JsonOption,
): Promise<ExitCode> {
  const settings = readSettings(envelopeSettings, env);
  await using opened = await openDatabase(env);
  const { db, ownKeyFile } = opened;
  const envelope = await loadEnvelope(settings, ownKeyFile === undefined ? {} : { ownKeyFile });
  if (envelope.version === undefined)
    throw new CliError(
      `LLAMAAGENT_MASTER_KEYS is not set: it names the keys of the servers on ${opened.name}`,
    );
  const progress = createProgress(terminal, "secrets");
  const report = await rewrapAll(sealedWebhookKeys(db), envelope, {
    signal,
    onPage: (soFar) => progress.at(seen(soFar)),
    onUnreadable: ({ context: { tenantId, table, row } }, { message }) =>
      terminal.note(`${table} ${row} of tenant ${tenantId}: ${message}\n`, "yellow"),
  });
  terminal.out(
    json
      ? `${JSON.stringify({ version: envelope.version, ...report }, null, 2)}\n`
      : inWords(envelope.version, report),
  );
  return report.changed + report.unreadable > 0 ? EXIT.failed : EXIT.done;
}

const seen = (report: RewrapReport): number =>
  Object.values(report).reduce((sum, count) => sum + count, 0);

function inWords(version: number, report: RewrapReport): string {
  const { rewrapped, sealed, current, changed, unreadable } = report;
  const lines = [
    `Master key ${version}: ${rewrapped} secrets wrapped anew, ${sealed} formerly plain, ${current} unchanged`,
    ...(changed > 0 ? [`${changed} were changed meanwhile: run it again`] : []),
    ...(unreadable > 0
      ? [`${unreadable} cannot be opened: keep all former master keys until this is none`]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
