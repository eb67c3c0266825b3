import { recordRedisCommands } from "@llamaagent/testing/services/redis-commands";
import pg from "pg";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { median } from "../measure/quartiles.ts";
import { DEFAULT_SLOTS } from "../server/default-slots.ts";
import { keepBusy, THROUGHPUT_UNITS } from "../server/keep-busy.ts";
import { startServer } from "../server/start-server.ts";

/**
 * What a simple run (a background POST for a named agent: no thread, no reader) asks of the stores, with
 * everything that the server does besides: leases, sweeps, claims that find nothing.
 */
export const simpleRunCounts: Benchmark = {
  rows: [
    {
      id: "commits",
      what: "Postgres transactions with an id per simple run, busy worker",
      unit: "per run",
      goal: { atMost: 3 },
    },
    {
      id: "round_trips",
      what: "Redis commands of clients per simple run: those inside scripts excluded, blocking pops included",
      unit: "per run",
      goal: { atMost: 6 },
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const server = begun.adopt(await startServer({ workers: 1, model: "bench/0" }), (it) =>
      it.close(),
    );
    const client = new pg.Client({ connectionString: server.postgres.url });
    await client.connect();
    begun.defer(() => client.end());
    const { seconds } = rounds;
    const measured = await alternate(
      { ...rounds, units: THROUGHPUT_UNITS },
      {
        transactions: () =>
          keepBusy(server, {
            seconds,
            slots: DEFAULT_SLOTS,
            counter: () => transactionIds(client),
          }),
        // Apart: the monitor slows Redis down.
        commands: async () => {
          const monitor = await recordRedisCommands(server.redis.url);
          const counter = async () => monitor.commands.filter((name) => name !== "ping").length;
          const counted = await keepBusy(server, { seconds, slots: DEFAULT_SLOTS, counter });
          monitor.close();
          return counted;
        },
      },
    );
    const row = (arm: "transactions" | "commands") => ({
      perRound: measured.map((round) => round[arm].countedPerRun),
      detail: `at ${Math.round(median(measured.map((round) => round[arm].runsPerSecond)))} runs/s`,
    });
    return { commits: row("transactions"), round_trips: row("commands") };
  },
};

/** How many transaction ids Postgres has given out: subtransactions would have ids of their own. */
async function transactionIds(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ next: string }>(
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next`,
  );
  return Number(rows[0]?.next);
}
