import type { RunResume } from "@llamaagent/client";
import type { EffectLine } from "../../durability/effect-server.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Chaos } from "../experiment.ts";

type Outcome = RunResume["outcome"];

interface Unknown {
  runId: string;
  stepKey: string;
  hadEffect: boolean;
}

/** What a person found out, and what the model is told of it. */
const OUTPUT = { label: "told by a person" };

/**
 * Settles the unknown outcomes of all runs that wait now, truthfully, in each of the three ways once at
 * least, and sees what follows. Returns the number of runs that were aborted.
 */
export async function settleEachWay(chaos: Chaos, cluster: Cluster): Promise<number> {
  const unknown = await unknownSteps(cluster);
  const done = unknown.filter(({ hadEffect }) => hadEffect);
  const notDone = unknown.filter(({ hadEffect }) => !hadEffect);
  // The most frequent kind can spare one.
  const aborted = (done.length > notDone.length ? done : notDone).splice(0, 1);
  const ways: [Outcome, Unknown[]][] = [
    ["done", done],
    ["not_done", notDone],
    ["abort", aborted],
  ];
  for (const [outcome, steps] of ways) {
    if (steps.length === 0) chaos.fault(`there was no unknown outcome to settle as ${outcome}`);
    for (const { runId, stepKey } of steps)
      await cluster.settlements.settle(runId, settlement(stepKey, outcome));
  }
  const [settled] = done;
  if (settled) await refusesAgain(chaos, cluster, settled);
  chaos.log(`settled ${ways.map(([way, steps]) => `${steps.length} ${way}`).join(", ")}`);
  await cluster.untilEnded();
  const effects = await cluster.effects();
  for (const [outcome, steps] of ways)
    for (const step of steps)
      for (const fault of await faultsAfter(cluster, step, outcome, effects))
        chaos.fault(`${step.runId}, settled as ${outcome}: ${fault}`);
  return aborted.length;
}

function settlement(stepKey: string, outcome: Outcome): RunResume {
  return outcome === "done"
    ? { step_key: stepKey, outcome, output: OUTPUT }
    : { step_key: stepKey, outcome };
}

async function unknownSteps(cluster: Cluster): Promise<Unknown[]> {
  const rows = await cluster.query<{ run_id: string; step_key: string }>(
    `SELECT run_id, step_key FROM run_steps JOIN runs USING (tenant_id, run_id)
     WHERE runs.state = 'waiting' AND run_steps.state = 'unknown'`,
  );
  const took = keysOf(await cluster.effects());
  return rows.map(({ run_id: runId, step_key: stepKey }) => ({
    runId,
    stepKey,
    hadEffect: took.has(`${runId}:${stepKey}`),
  }));
}

const keysOf = (effects: readonly EffectLine[]): Set<string> =>
  new Set(effects.flatMap(({ key, phase }) => (phase === "done" ? [key] : [])));

async function refusesAgain(chaos: Chaos, cluster: Cluster, { runId, stepKey }: Unknown) {
  const again = cluster.client.runs.resume(runId, settlement(stepKey, "not_done"));
  const answer = await again.then(
    () => "accepted",
    (error: unknown) => (error as { code?: string }).code, // LlamaAgentError has one
  );
  if (answer !== "conflict") chaos.fault(`a step that was settled was settled again: ${answer}`);
}

/** What is wrong with an ended run, by how it was settled. */
async function faultsAfter(
  cluster: Cluster,
  { runId, stepKey, hadEffect }: Unknown,
  outcome: Outcome,
  effects: readonly EffectLine[],
): Promise<string[]> {
  const run = await cluster.client.runs.get(runId);
  const took = keysOf(effects).has(`${runId}:${stepKey}`);
  const [step] = await cluster.query<{ state: string; result: string | null }>(
    `SELECT state, result FROM run_steps WHERE run_id = $1 AND step_key = $2`,
    [runId, stepKey],
  );
  if (outcome === "abort")
    return [
      ...(run.error?.code === "run_aborted" ? [] : [`it ended as ${run.stop_reason}`]),
      ...(took === hadEffect ? [] : ["the effect took place nevertheless"]),
    ];
  return [
    ...(run.stop_reason === "completed" ? [] : [`it ended as ${run.stop_reason}`]),
    ...(step?.state === "done" ? [] : [`the step is ${step?.state}`]),
    ...(took ? [] : ["the effect did not take place"]),
    ...((outcome === "done") === step?.result?.includes(OUTPUT.label)
      ? []
      : [`the step's result is ${step?.result}`]),
  ];
}
