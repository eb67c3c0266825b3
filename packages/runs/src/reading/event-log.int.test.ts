import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, expect, it } from "vitest";
import { writeRun } from "../journal/write-run.ts";
import { readEventsAfter } from "./event-log.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });

  async function pages(data: readonly string[]): Promise<string[][]> {
    const { fence } = await runs.claimed();
    const events = data.map((text, n) => ({
      id: `1-${n + 1}`,
      type: "message.delta" as const,
      data: text,
    }));
    await database().system((tx) => writeRun(tx, fence, { events, steps: [] }));
    const read: string[][] = [];
    let after = { epoch: 0, seq: 1 };
    for (;;) {
      const page = await database().system((tx) => readEventsAfter(tx, fence, after));
      read.push(page.events.map(({ id }) => id));
      if (!page.hasMore) return read;
      after = { epoch: 1, seq: read.flat().length };
    }
  }

  it("reads events in pages of at most 64 KiB, or of one event", async () => {
    const large = "x".repeat(30_000);
    const data = [large, large, large, "x".repeat(3_000_000), "y", "x".repeat(65_536), "z"];
    expect(await pages(data)).toEqual([
      ["1-1", "1-2"],
      ["1-3"],
      ["1-4"],
      ["1-5"],
      ["1-6"],
      ["1-7"],
    ]);
  });

  it("reads 250 small ones at once", async () => {
    const read = await pages(Array.from({ length: 251 }, () => "{}"));
    expect(read.map(({ length }) => length)).toEqual([250, 1]);
  });
});
