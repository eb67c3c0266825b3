import { AppError } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { NewRecord } from "./append-records.ts";
import { PLATFORM_CHAIN } from "./audit-record.ts";
import { createRefusals } from "./refusals.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** A double of a database: keeps what it is given, unless it is away. */
function setUp() {
  let nowMs = 0;
  const database = { isAway: false, written: [] as NewRecord[][], errors: 0 };
  const tx = {
    query: async (_text: string, [records]: [string]) => {
      database.written.push(JSON.parse(records) as NewRecord[]);
      return [];
    },
  } as unknown as SystemTx; // nothing else of it is used
  const system: Database["system"] = async (work) => {
    if (database.isAway) throw new AppError("service_unavailable");
    return work(tx);
  };
  const refusals = createRefusals({
    db: { system },
    clock: { monotonicMs: () => nowMs },
    onError: () => (database.errors += 1),
  });
  const second = async (): Promise<void> => {
    nowMs += 1_000;
    await vi.advanceTimersByTimeAsync(1_000);
  };
  const note = () =>
    refusals.note({
      tenant_id: PLATFORM_CHAIN,
      action: "access",
      code: "unauthorized",
      detail: {},
    });
  return { database, refusals, second, note };
}

it("writes within a second, in one statement, and nothing where nobody was refused", async () => {
  const { database, second, note } = setUp();
  await second();
  expect(database.written).toEqual([]);
  note();
  note();
  await second();
  expect(database.written).toMatchObject([
    [{ outcome: "refused", count: 2, first_ms_ago: 1_000, last_ms_ago: 1_000 }],
  ]);
});

it("keeps them while the database is away, and says so once", async () => {
  const { database, second, note } = setUp();
  database.isAway = true;
  for (let n = 0; n < 3; n += 1) {
    note();
    await second();
  }
  expect(database).toMatchObject({ written: [], errors: 1 });
  database.isAway = false;
  await second();
  expect(database.written).toMatchObject([[{ count: 3, first_ms_ago: 4_000, last_ms_ago: 2_000 }]]);
  database.isAway = true;
  note();
  await second();
  expect(database.errors).toBe(1);
});

it("writes what is left when it is closed, however new", async () => {
  const { database, refusals, second, note } = setUp();
  note();
  await second();
  note();
  await refusals.close();
  expect(database.written.map((records) => records.map(({ count }) => count))).toEqual([[1], [1]]);
  database.isAway = true;
  note();
  await refusals.close();
});
