import { actOnEach } from "../act-on-each.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { createProgress } from "../output/progress.ts";
import { readPages } from "../read-pages.ts";
import type { Remote } from "../remote.ts";

export interface RetryOptions {
  fromStep?: string;
  dead?: boolean;
  reason?: string;
}

/** Those named, or all dead letters; 1 where one cannot be taken up again. */
export async function retryRuns(
  remote: Remote,
  runIds: readonly string[],
  { fromStep, dead, reason }: RetryOptions,
): Promise<ExitCode> {
  if ((dead === true) === runIds.length > 0)
    throw new CliError("give either ids of runs, or --dead", EXIT.usage);
  if (reason !== undefined && !dead) throw new CliError("--reason goes with --dead", EXIT.usage);
  if (fromStep !== undefined && runIds.length !== 1)
    throw new CliError("--from-step is a step of one run", EXIT.usage);
  const { client, signal, terminal, isJson } = remote;
  const ids = dead ? await deadIds(remote, reason) : runIds;
  if (ids.length === 0 && !isJson) terminal.note("no dead letters\n");
  return await actOnEach(remote, {
    ids,
    idField: "run_id",
    noun: "runs",
    act: async (runId) => {
      const from = fromStep === undefined ? {} : { from_step: fromStep };
      // One that was retried before answers with that retry, and nothing begins anew.
      const { retried_as: earlier } = await client.runs.get(runId, { signal });
      const { run_id: retriedAs } = await client.runs.retry(runId, from, { signal });
      const outcome = retriedAs === earlier ? "retried_before" : "retried";
      return { outcome, retried_as: retriedAs };
    },
  });
}

/** All of them before the first is retried: what is retried fails again, perhaps, and is listed anew. */
async function deadIds(
  { client, signal, terminal }: Remote,
  reason: string | undefined,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const progress = createProgress(terminal, "dead letters found");
  const pages = readPages((cursor, limit) => client.queue.dead({ reason, cursor, limit, signal }));
  for await (const { items } of pages) {
    ids.push(...items.map(({ run_id: runId }) => runId));
    progress.at(ids.length);
  }
  return ids;
}
