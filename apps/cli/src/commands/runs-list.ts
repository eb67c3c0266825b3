import type { Run } from "@llamaagent/client";
import type { PageOptions } from "../arguments/page-options.ts";
import { runFilter, type RunFilterOptions } from "../arguments/run-filter.ts";
import { age } from "../output/age.ts";
import { textOf } from "../output/details.ts";
import { printPages } from "../output/print-pages.ts";
import type { Column } from "../output/table.ts";
import { pageOf } from "../read-pages.ts";
import type { Remote } from "../remote.ts";

const columns: Column<Run>[] = [
  { title: "RUN", value: (run) => run.run_id },
  { title: "STATUS", value: (run) => run.status },
  { title: "REASON", value: (run) => run.stop_reason ?? run.state },
  { title: "AGE", value: (run) => age(run.created_at) },
  { title: "INPUT", value: (run) => textOf(run.input), canShrink: true },
];

export function listRuns(remote: Remote, options: RunFilterOptions & PageOptions): Promise<void> {
  const { client, signal } = remote;
  const filter = runFilter(options);
  return printPages(remote, options, {
    noun: "runs",
    columns,
    page: async (cursor, limit) => {
      const search = { ...filter, limit, ...(cursor === undefined ? {} : { cursor }) };
      // What the answer's header x-next-cursor says: the id of its last run.
      return pageOf(await client.runs.search(search, { signal }), {
        limit,
        next: (last) => last.run_id,
      });
    },
  });
}
