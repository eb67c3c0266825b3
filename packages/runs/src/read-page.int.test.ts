import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { listAgentVersions } from "./agents/list-agent-versions.ts";
import { updateAgent } from "./agents/update-agent.ts";
import { createSchedule } from "./schedules/create-schedule.ts";
import { searchSchedules } from "./schedules/search-schedules.ts";
import { searchRuns } from "./search-runs.ts";
import { createThread } from "./threads/create-thread.ts";
import { searchThreads } from "./threads/search-threads.ts";

onEachDatabase((database) => {
  describe("a page of more than 16 MiB is refused, and had in parts", () => {
    const text = "ä".repeat(3_000_000);
    const metadata = { text };

    async function expectParts(
      noun: string,
      read: (limit: number) => Promise<readonly unknown[]>,
    ): Promise<void> {
      await expect(read(3)).rejects.toMatchObject({
        code: "invalid_request",
        errors: [
          { pointer: "/limit", message: `asks for more than 16 MiB of ${noun}: ask for fewer` },
        ],
      });
      expect(await read(2)).toHaveLength(2);
    }

    it("of runs with large inputs", async () => {
      const runs = await createRunsFixture(database());
      const search = (limit: number, offset = 0) =>
        database().tenant(runs.principal.tenantId, (tx) => searchRuns(tx, { limit, offset }));
      for (let made = 0; made < 3; made++) await runs.admit({ input: text });
      await expectParts("runs", search);
      expect(await search(3, 1)).toHaveLength(2);
      await runs.admit();
      expect((await search(3)).map((run) => run.input === text)).toEqual([false, true, true]);
    });

    it("of runs whose metadata takes little place in the database", async () => {
      const runs = await createRunsFixture(database());
      for (let made = 0; made < 3; made++) await runs.admit({ metadata });
      await expectParts("runs", (limit) =>
        database().tenant(runs.principal.tenantId, (tx) => searchRuns(tx, { limit, offset: 0 })),
      );
    });

    it("of threads", async () => {
      const tenantId = uuidv7();
      for (let made = 0; made < 3; made++)
        await database().tenant(tenantId, (tx) =>
          createThread(tx, { threadId: uuidv7(), metadata, ifExists: "raise" }),
        );
      await expectParts("threads", (limit) =>
        database().tenant(tenantId, (tx) => searchThreads(tx, { limit, offset: 0 })),
      );
    });

    it("of schedules", async () => {
      const { principal } = await createRunsFixture(database());
      const definition = {
        cron: "0 0 1 1 *",
        timezone: "UTC",
        missed: "one",
        enabled: true,
        run: { input: text },
        metadata: {},
      } as const;
      for (let made = 0; made < 3; made++)
        await database().tenant(principal.tenantId, (tx) =>
          createSchedule(tx, {
            scheduleId: uuidv7(),
            principal,
            definition,
            admission: { input: text, metadata: {} },
            trial: { runId: uuidv7(), at: new Date() },
          }),
        );
      await expectParts("schedules", (limit) =>
        database().tenant(principal.tenantId, (tx) => searchSchedules(tx, { limit })),
      );
    });

    it("of an agent's versions", async () => {
      const { principal } = await createRunsFixture(database(), { metadata });
      const inTenant: ReturnType<typeof database>["tenant"] = (tenantId, work) =>
        database().tenant(tenantId, work);
      for (const description of ["second", "third"])
        await inTenant(principal.tenantId, (tx) =>
          updateAgent(tx, "default", (agent) => ({ ...agent, description })),
        );
      await expectParts("versions", (limit) =>
        inTenant(principal.tenantId, (tx) => listAgentVersions(tx, "default", { limit })),
      );
    });
  });
});
