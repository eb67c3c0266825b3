import { startFakeModel } from "../server/start-fake-model.ts";
import { askAtOnce, type Speed } from "./ask-at-once.ts";
import { betweenTwo } from "./between-two.ts";
import type { Contender } from "./contender.ts";
import { killInMidRun } from "./kill-in-mid-run.ts";
import { type Kill, type RivalRow, rivalRows } from "./rival-rows.ts";
import { startBareNode } from "./start-bare-node.ts";
import { startLanggraph } from "./start-langgraph.ts";
import { startOurs } from "./start-ours.ts";

export interface ArmFigures {
  name: string;
  atOnce: number;
  turns: Speed[];
}

export interface RivalFigures {
  arms: ArmFigures[];
  rows: RivalRow[];
  kills: Kill[];
}

export interface RivalOptions {
  langgraphFolder: string;
  rounds: number;
  /** Of one turn. */
  seconds: number;
  progress: (line: string) => void;
}

const AT_ONCE = 50;
/** Where the rival's waiting costs it no throughput: clients enough to keep it busy. */
const MANY_AT_ONCE = 400;
const WARM_UP_SECONDS = 4;
/** Of what stands beside the comparison, for orientation. */
const FEW_ROUNDS = 3;

/** LangGraph.js's server and ours on one fake model, in turns; then both are killed in mid-run. */
export async function measureRivals(options: RivalOptions): Promise<RivalFigures> {
  const { rounds, seconds, progress } = options;
  await using begun = new AsyncDisposableStack();
  const adopt = <C extends { close(): Promise<void> }>(started: C): C =>
    begun.adopt(started, (it) => it.close());
  const model = adopt(await startFakeModel("bench/rivals/echo-model.ts"));
  const rival = adopt(await startLanggraph(options.langgraphFolder, model));
  const ours = adopt(await startOurs(model));
  const bare = adopt(await startBareNode(model));

  const speedOf = (contender: Contender, atOnce: number) => async (): Promise<Speed> => {
    const speed = await askAtOnce(contender, { atOnce, seconds });
    const { runsPerSecond, cpuMsPerRun } = speed;
    progress(
      `  ${contender.name}, ${atOnce} at once: ${runsPerSecond.toFixed(1)} runs/s, ${cpuMsPerRun.toFixed(2)} ms of CPU a run`,
    );
    return speed;
  };
  const inTurns = (count: number, atOnce: number) =>
    betweenTwo(count, { rival: speedOf(rival, atOnce), ours: speedOf(ours, atOnce) });

  // Compilers of machine code take their time: without this the first turns cost twice the CPU.
  for (const contender of [rival, ours, bare])
    await askAtOnce(contender, { atOnce: MANY_AT_ONCE, seconds: WARM_UP_SECONDS });
  const few = await inTurns(rounds, AT_ONCE);
  const many = await inTurns(FEW_ROUNDS, MANY_AT_ONCE);
  const ceiling: Speed[] = [];
  for (let turn = 0; turn < FEW_ROUNDS; turn += 1) ceiling.push(await speedOf(bare, AT_ONCE)());

  const kills: Kill[] = [];
  for (const contender of [rival, ours]) {
    progress(`  ${contender.name} is killed in mid-run`);
    kills.push({ name: contender.name, survival: await killInMidRun(contender) });
  }
  return {
    arms: [
      { name: rival.name, atOnce: AT_ONCE, turns: few.rival },
      { name: ours.name, atOnce: AT_ONCE, turns: few.ours },
      { name: bare.name, atOnce: AT_ONCE, turns: ceiling },
      { name: rival.name, atOnce: MANY_AT_ONCE, turns: many.rival },
      { name: ours.name, atOnce: MANY_AT_ONCE, turns: many.ours },
    ],
    rows: rivalRows({ few, many, kills }),
    kills,
  };
}
