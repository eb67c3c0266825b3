import type { Run } from "@llamaagent/client";
import { actOnEach } from "../act-on-each.ts";
import type { PageOptions } from "../arguments/page-options.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import { age } from "../output/age.ts";
import { printPages } from "../output/print-pages.ts";
import type { Column } from "../output/table.ts";
import type { Remote } from "../remote.ts";

/** Why a run is a dead letter. */
export const DEAD_REASONS = [
  "error",
  "budget_exceeded",
  "poisoned",
  "nondeterministic_replay",
  "timeout",
];

const columns: Column<Run>[] = [
  { title: "RUN", value: (run) => run.run_id },
  { title: "REASON", value: (run) => run.stop_reason },
  { title: "AGE", value: (run) => age(run.ended_at ?? run.created_at) },
  {
    title: "ERROR",
    value: ({ error }) => error && `${error.code}: ${error.detail}`,
    canShrink: true,
  },
];

export interface DeadOptions extends PageOptions {
  reason?: string;
  drop?: string[];
}

/** Lists dead letters, or takes some off their list. */
export async function deadRuns(remote: Remote, options: DeadOptions): Promise<ExitCode> {
  const { client, signal } = remote;
  const { reason, drop } = options;
  if (drop)
    return await actOnEach(remote, {
      ids: drop,
      idField: "run_id",
      noun: "dead letters",
      act: async (runId) => {
        await client.queue.drop(runId, { signal });
        return { outcome: "dropped" };
      },
    });
  await printPages(remote, options, {
    noun: "dead letters",
    columns,
    page: (cursor, limit) => client.queue.dead({ reason, cursor, limit, signal }),
  });
  return EXIT.done;
}
