import type { RunsCancelled } from "@llamaagent/client";
import { runFilter, type RunFilterOptions } from "../arguments/run-filter.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { createProgress } from "../output/progress.ts";
import type { Remote } from "../remote.ts";

/** That the server cancels at once. */
const AT_ONCE = 100;

/** Those named, or all open ones that match; 1 where one was not found. */
export async function cancelRuns(
  remote: Remote,
  runIds: readonly string[],
  options: RunFilterOptions & { all?: boolean },
): Promise<ExitCode> {
  const filter = runFilter(options);
  const isFiltered = options.all === true || Object.keys(filter).length > 0;
  if (isFiltered === runIds.length > 0)
    throw new CliError(
      "give either ids of runs, or which to cancel: --all or a filter",
      EXIT.usage,
    );
  const { terminal, isJson } = remote;
  terminal.finishUnread();
  const progress = createProgress(terminal, "runs");
  const batches = isFiltered ? matching(remote, filter) : named(remote, [...new Set(runIds)]);
  let count = 0;
  let exitCode: ExitCode = EXIT.done;
  for await (const items of batches) {
    for (const item of items) {
      terminal.out(isJson ? `${JSON.stringify(item)}\n` : `${item.run_id}  ${item.outcome}\n`);
      if (item.outcome === "not_found") exitCode = EXIT.failed;
    }
    count += items.length;
    progress.at(count, isFiltered ? undefined : runIds.length);
  }
  if (count === 0 && !isJson) terminal.note("no open run matches\n");
  return exitCode;
}

async function* named(
  { client, signal }: Remote,
  runIds: readonly string[],
): AsyncGenerator<RunsCancelled["items"]> {
  for (let first = 0; first < runIds.length; first += AT_ONCE) {
    const ids = runIds.slice(first, first + AT_ONCE);
    yield (await client.runs.cancelMany({ run_ids: ids }, { signal })).items;
  }
}

async function* matching(
  { client, signal }: Remote,
  filter: ReturnType<typeof runFilter>,
): AsyncGenerator<RunsCancelled["items"]> {
  const which = Object.keys(filter).length === 0 ? ({ all: true } as const) : filter;
  let hasMore = true;
  while (hasMore) {
    const cancelled = await client.runs.cancelMany({ ...which, limit: AT_ONCE }, { signal });
    yield cancelled.items;
    hasMore = cancelled.has_more && cancelled.items.length > 0;
  }
}
