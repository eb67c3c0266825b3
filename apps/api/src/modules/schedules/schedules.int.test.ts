import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type Client, type Schedule } from "@llamaagent/client";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

describe.each(topologies)("schedules, $name", ({ isThere, start }) => {
  let api: TestApi;
  let client: Client;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    client = createClient({ url: api.url });
    await client.agents.create({ name: "greeter", model: "test/hello" });
  });
  afterAll(() => api?.close());
  const run = { agent_id: "greeter", input: "Good morning" };
  const create = (fields: object = {}): Promise<Schedule> =>
    client.schedules.create({ cron: "0 7 * * mon-fri", run, ...fields });

  describe.runIf(isThere)("over HTTP", () => {
    it("creates a schedule with the defaults of its fields, and its next firings", async () => {
      const answer = await sendJson(api.url, "POST", "/schedules", { cron: "0 0 1 1 *", run });
      const schedule = answer.json as Schedule;
      expect(answer.status).toBe(201);
      expect(answer.headers.location).toBe(`/schedules/${schedule.schedule_id}`);
      const year = new Date().getUTCFullYear();
      expect(schedule).toEqual({
        schedule_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        cron: "0 0 1 1 *",
        timezone: "UTC",
        missed: "one",
        enabled: true,
        run: { ...run, metadata: {} },
        metadata: {},
        next_firings: [1, 2, 3, 4, 5].map((n) => `${year + n}-01-01T00:00:00.000Z`),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        updated_at: schedule.created_at,
      });
      expect(await client.schedules.get(schedule.schedule_id)).toEqual(schedule);
    });

    it("keeps the run as it was sent, whatever its JSON", async () => {
      const input = { z: 1, a: ["\u0000", "\ud800", { "": null }], 2: 1e21 };
      const schedule = await create({ run: { ...run, input } });
      expect((await client.schedules.get(schedule.schedule_id)).run["input"]).toEqual(input);
    });

    it("merges a patch, and fires by another timetable from then on", async () => {
      const schedule = await create({ name: "a", metadata: { keep: 1, drop: 2 } });
      const { schedule_id: id } = schedule;
      const changed = await client.schedules.update(id, {
        name: null,
        cron: "0 0 1 1 *",
        timezone: "Europe/Berlin",
        run: { input: "Good evening" },
        metadata: { drop: null as never },
      });
      expect(changed).toMatchObject({
        cron: "0 0 1 1 *",
        run: { agent_id: "greeter", input: "Good evening" },
        metadata: { keep: 1 },
      });
      expect(changed).not.toHaveProperty("name");
      expect(changed).not.toHaveProperty("metadata.drop");
      expect(changed.next_firings[0]).toMatch(/-12-31T23:00:00.000Z$/);
      expect((await client.schedules.update(id, { enabled: false })).next_firings).toEqual([]);
      const enabled = await client.schedules.update(id, { enabled: true });
      expect(enabled.next_firings).toEqual(changed.next_firings);
    });

    it("grows by patches up to 2 MiB of metadata, and as much of its run", async () => {
      const { schedule_id: id } = await create({ run: { ...run, input: {} } });
      const text = "x".repeat(1_000_000);
      for (const key of ["a", "b"])
        for (const change of [{ metadata: { [key]: text } }, { run: { input: { [key]: text } } }])
          await client.schedules.update(id, change);
      for (const [change, pointer] of [
        [{ metadata: { c: text } }, "/metadata"],
        [{ run: { input: { c: text } } }, "/run"],
      ] as const)
        await expect(client.schedules.update(id, change)).rejects.toMatchObject({
          status: 422,
          errors: [{ pointer }],
        });
      await client.schedules.update(id, { enabled: false });
      await client.schedules.delete(id);
    });

    it("loses none of many patches at once", async () => {
      const { schedule_id: id } = await create();
      await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          client.schedules.update(id, { metadata: { [`key${n}`]: n } }),
        ),
      );
      expect(Object.keys((await client.schedules.get(id)).metadata)).toHaveLength(8);
    });

    it("pages through the list, and searches it", async () => {
      const team = uuidv7();
      const ids: string[] = [];
      for (const n of [1, 2, 3, 4, 5])
        ids.unshift(
          (await create({ name: `${team}-${n}`, metadata: { team, n }, enabled: n !== 3 }))
            .schedule_id,
        );
      const found: string[][] = [];
      let cursor: string | undefined;
      do {
        const page = await client.schedules.search({
          metadata: { team },
          limit: 2,
          ...(cursor === undefined ? {} : { cursor }),
        });
        found.push(page.items.map((item) => item.schedule_id));
        cursor = page.next_cursor;
      } while (cursor !== undefined);
      expect(found).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
      const listed = await client.schedules.list({ limit: 2 });
      expect(listed.items.map((item) => item.schedule_id)).toEqual(ids.slice(0, 2));
      const next = await client.schedules.list({ limit: 3, cursor: listed.next_cursor ?? "" });
      expect(next.items.map((item) => item.schedule_id)).toEqual(ids.slice(2));
      const names = async (search: object) =>
        (await client.schedules.search({ metadata: { team }, ...search })).items.map(
          ({ name }) => name,
        );
      expect(await names({ enabled: false })).toEqual([`${team}-3`]);
      expect(await names({ name: `${team}-5` })).toEqual([`${team}-5`]);
      expect(await names({ metadata: { team, n: 1 } })).toEqual([`${team}-1`]);
      expect(await names({ metadata: { team: "x" } })).toEqual([]);
    });

    it("previews a timetable", async () => {
      const preview = { cron: "30 2 * * *", timezone: "Europe/Berlin", count: 3 };
      const after = "2026-10-24T12:00:00+02:00";
      expect(await client.schedules.preview({ ...preview, after })).toEqual({
        next_firings: [
          "2026-10-25T00:30:00.000Z",
          "2026-10-26T01:30:00.000Z",
          "2026-10-27T01:30:00.000Z",
        ],
      });
      const [next = ""] = (await client.schedules.preview({ cron: "* * * * *" })).next_firings;
      expect(Date.parse(next)).toBeGreaterThan(Date.now() - 60_000);
    });

    it("leaves a schedule alone whose agent has gone, until its run is changed", async () => {
      await client.agents.create({ name: "leaving", model: "test/hello" });
      const { schedule_id: id } = await create({ run: { agent_id: "leaving" } });
      await client.agents.delete("leaving");
      await client.schedules.update(id, { name: "orphan" });
      const changing = client.schedules.update(id, { run: { input: "b" } });
      await expect(changing).rejects.toMatchObject({ status: 404, code: "not_found" });
    });

    it("starts a run at each moment, logs it, and nothing more once it is deleted", async () => {
      await api.startWorker();
      const schedule = await create({ cron: "* * * * * *" });
      const { schedule_id: id } = schedule;
      const items = await vi.waitFor(
        async () => {
          const log = await client.schedules.firings(id);
          expect(log.items.length).toBeGreaterThanOrEqual(3);
          return log.items;
        },
        { timeout: 20_000, interval: 200 },
      );
      const moments = items.map((item) => Date.parse(item.due_at));
      expect(moments).toEqual(moments.map((_, n) => (moments[0] ?? 0) - n * 1_000));
      expect(items.at(-1)?.due_at).toBe(schedule.next_firings[0]);
      for (const { outcome, run_id: runId } of items) {
        expect(outcome).toBe("started");
        const ended = await client.runs.wait(runId ?? "");
        expect(ended.run).toMatchObject({ status: "success", input: "Good morning" });
      }
      const older = await client.schedules.firings(id, {
        limit: 1,
        cursor: items[0]?.due_at ?? "",
      });
      expect(older.items[0]).toEqual(items[1]);
      expect(older.next_cursor).toBe(items[1]?.due_at);
      await client.schedules.delete(id);
      const gone = await send(api.url, { path: `/schedules/${id}/firings` });
      expect(gone.status).toBe(404);
      const { rows } = await countRuns();
      await sleep(2_500);
      expect((await countRuns()).rows).toBe(rows);
    });
  });

  async function countRuns(): Promise<{ rows: number }> {
    const [row] = await api.context.db.system((tx) =>
      tx.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM runs`),
    );
    return row ?? { rows: -1 };
  }
});
