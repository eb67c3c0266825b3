import type { Measured, Row } from "../benchmark.ts";
import { median } from "../measure/quartiles.ts";
import { figure } from "../report/table.ts";
import type { Speed } from "./ask-at-once.ts";
import type { Turns } from "./between-two.ts";
import type { Survival } from "./kill-in-mid-run.ts";

export interface RivalRow {
  row: Row;
  measured: Measured;
}

export interface Kill {
  name: string;
  survival: Survival;
}

/** The comparison, against its goals. `kills`: the rival first. */
export function rivalRows(measured: {
  few: Turns<Speed>;
  many: Turns<Speed>;
  kills: readonly Kill[];
}): RivalRow[] {
  const { few, many, kills } = measured;
  const [rivalLost = "", ourLost = ""] = kills.map(
    ({ name, survival: { acknowledged, answered } }) =>
      `${name} ${acknowledged - answered} of ${acknowledged}`,
  );
  return [
    {
      row: {
        id: "rival_runs",
        what: "runs/s / LangGraph.js's, 50 at once",
        unit: "×",
        goal: { atLeast: 5, aim: 10 },
      },
      measured: ratio(few, "runsPerSecond", "runs/s"),
    },
    {
      row: {
        id: "rival_cpu",
        what: "CPU of servers and stores a run, 50 at once",
        unit: "ms",
        goal: { atMost: 4, aim: 2 },
      },
      measured: {
        perRound: few.ours.map((turn) => turn.cpuMsPerRun),
        detail: ratio(few, "cpuMsPerRun", "ms").detail,
      },
    },
    {
      row: { id: "rival_p50", what: "p50 of a run / LangGraph.js's, 50 at once", unit: "×" },
      measured: ratio(few, "p50Ms", "ms"),
    },
    {
      row: { id: "rival_runs_many", what: "runs/s / LangGraph.js's, 400 at once", unit: "×" },
      measured: ratio(many, "runsPerSecond", "runs/s"),
    },
    {
      row: { id: "rival_cpu_many", what: "CPU a run / LangGraph.js's, 400 at once", unit: "×" },
      measured: ratio(many, "cpuMsPerRun", "ms"),
    },
    {
      row: {
        id: "rival_lost",
        what: "acknowledged runs lost at a kill -9 of all server processes",
        unit: "runs",
        goal: { atMost: 0 },
      },
      measured: {
        perRound: kills.slice(1).map(({ survival: s }) => s.acknowledged - s.answered),
        detail: `${ourLost}; ${rivalLost}`,
      },
    },
  ];
}

function ratio(turns: Turns<Speed>, key: keyof Speed, unit: string): Measured {
  const of = (arm: readonly Speed[]): string => figure(median(arm.map((turn) => turn[key])));
  return {
    perRound: turns.perRound((turn) => turn[key]),
    detail: `${of(turns.ours)} ${unit}; LangGraph.js ${of(turns.rival)} ${unit}`,
  };
}
