import { expect, it } from "vitest";
import { benchmarks } from "../rows/index.ts";
import { resultRow } from "./result-row.ts";
import { mergedRows, readResults } from "./results-folder.ts";

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

it("rows that were not measured again say of when and of which state they are", () => {
  const row = (id: string) =>
    resultRow({ id, what: "a / b", unit: "×" }, { perRound: [1], detail: "" });
  const earlier = {
    date: "2026-11-02",
    commit: "bbbbbbb",
    machine: { cores: 2, cpu: "", memory_gib: 1, versions: {} },
    rows: [{ ...row("admission"), date: "2026-11-01" }, row("overhead"), row("first_event")],
  };
  expect(
    mergedRows(earlier, [row("overhead")]).map(({ id, date, commit }) => ({ id, date, commit })),
  ).toEqual([
    { id: "admission", date: "2026-11-01", commit: undefined },
    { id: "overhead", date: undefined, commit: undefined },
    { id: "first_event", date: "2026-11-02", commit: "bbbbbbb" },
  ]);
});
