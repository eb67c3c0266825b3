import { expect, it } from "vitest";
import { benchmarks } from "../rows/index.ts";
import { resultRow } from "./result-row.ts";
import { readResults } from "./results-folder.ts";

interface Judged {
  id: string;
  goal: string | null;
  aim?: number | undefined;
}
const goalOf = ({ id, goal, aim }: Judged) => ({ id, goal, aim });

it("the stored figures stand against the goals that their rows have", async () => {
  const declared = benchmarks.flatMap(({ rows }) =>
    rows.map((row) => goalOf(resultRow(row, { perRound: [0], detail: "" }))),
  );
  expect((await readResults())?.rows.map(goalOf)).toEqual(declared);
});
