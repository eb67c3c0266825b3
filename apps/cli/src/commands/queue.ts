import type { QueueStats } from "@llamaagent/client";
import type { Command } from "commander";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { age } from "../output/age.ts";
import { details } from "../output/details.ts";
import { printOne } from "../output/print-one.ts";
import { type Column, table } from "../output/table.ts";
import { type Remote, remoteOf } from "../remote.ts";

const columns: Column<QueueStats["workers"][number]>[] = [
  { title: "WORKER", value: (worker) => worker.worker_id },
  { title: "AGE", value: (worker) => age(worker.started_at) },
  { title: "CLAIMS/S", value: (worker) => rounded(worker.claims_per_second) },
  { title: "PROVIDERS", value: (worker) => worker.providers.join(" "), canShrink: true },
  { title: "TOOLS", value: (worker) => worker.tools.join(" "), canShrink: true },
];

/** For people; `--json` has all digits. */
const rounded = (number: number): number => Math.round(number * 10) / 10;

export function addQueueCommand(program: Command, { context, onExit }: CommandHost): void {
  program
    .command("queue")
    .description("how much waits, and which workers live")
    .addOption(jsonOption("one JSON document"))
    .addHelpText(
      "after",
      examples("llamaagent queue", "llamaagent queue --json | jq .oldest_wait_seconds"),
    )
    .action(async (options: JsonOption) => {
      await showQueue(remoteOf(context, options));
      onExit(EXIT.done);
    });
}

async function showQueue(remote: Remote): Promise<void> {
  const { client, signal, terminal } = remote;
  const stats = await client.queue.stats({ signal });
  const numbers = details([
    ["queued", stats.queued],
    ["oldest wait", `${rounded(stats.oldest_wait_seconds)} s`],
    ["blocked", `${stats.blocked} (for their turn on a thread)`],
    ["delayed", stats.delayed],
    ["running", stats.running],
    ["waiting", `${stats.waiting} (for a person)`],
    ["claims", `${rounded(stats.claims_per_second)} per second`],
    ["workers", stats.workers.length],
  ]);
  const workers =
    stats.workers.length === 0 ? "" : `\n${table(stats.workers, columns, terminal.columns)}`;
  printOne(remote, { value: stats, text: `${numbers}${workers}` });
}
