import { defineExperiment } from "../experiment.ts";
import { oneAnswer } from "../plan/five-steps.ts";

const KEYS = 50;
const AT_ONCE = 50;

export const oneKey = defineExperiment({
  number: 9,
  name: "50 parallel POSTs with one key",
  async run(chaos) {
    const cluster = await chaos.startCluster({ apis: 2, workers: 1 });
    let withOneId = 0;
    for (let n = 0; n < KEYS; n += 1) {
      const plan = oneAnswer(`run ${n}`, 20);
      const idempotencyKey = `key ${n}`;
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, at) =>
          cluster.submit(plan, { api: at % 2, idempotencyKey }),
        ),
      );
      const ids = new Set(answers.map(({ runId }) => runId));
      const statuses = new Set(answers.map(({ status }) => status));
      if (ids.size !== 1 || ids.has(undefined))
        chaos.fault(`key ${n}: ${ids.size} run ids, answered ${[...statuses].join()}`);
      else withOneId += 1;
      const other = await cluster.submit(oneAnswer(`another than ${n}`, 20), { idempotencyKey });
      if (other.status !== 422)
        chaos.fault(`key ${n} with another body: answered ${other.status}, not 422`);
    }
    await cluster.untilEnded();
    const [row] = await cluster.query<{ runs: number }>(`SELECT count(*)::int AS runs FROM runs`);
    const calls = await cluster.modelCalls();
    chaos.figure({ what: "POSTs", measured: KEYS * AT_ONCE });
    chaos.figure({ what: "keys answered with one id", measured: withOneId, atLeast: KEYS });
    chaos.figure({ what: "runs stored", measured: row?.runs ?? 0, atLeast: KEYS, atMost: KEYS });
    chaos.figure({ what: "model calls", measured: calls.length, atLeast: KEYS, atMost: KEYS });
    return { atLeast: KEYS };
  },
});
