import {
  createPluginRegistry,
  definePlugin,
  definePrompting,
  type PluginRegistry,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { describe, expect, it } from "vitest";
import { checkWorkers } from "./check-workers.ts";

const brief = definePrompting({ name: "brief", description: "", buildMessages: () => [] });
const registry = createPluginRegistry([
  { source: "test", plugin: definePlugin({ prompting: [brief] }) },
]);

const check = async (database: Database, plugins: PluginRegistry | undefined) =>
  (await checkWorkers(database, plugins)).check;

describe("the check of the workers", () => {
  onEachDatabase((database) => {
    it("fails where none is alive, and says how long runs have waited", async () => {
      const runs = await createRunsFixture(database());
      await runs.worker();
      await database().system((tx) => tx.query("UPDATE workers SET alive_until = now()"));
      expect(await check(database(), registry)).toMatchObject({
        status: "fail",
        detail: "no worker is alive",
      });
      const { run_id: runId } = await runs.admit();
      await runs.admit();
      await database().system((tx) =>
        tx.query("UPDATE runs SET created_at = now() - interval '1 hour' WHERE run_id = $1", [
          runId,
        ]),
      );
      expect((await check(database(), registry)).detail).toMatch(
        /^no worker is alive; 2 runs wait, the oldest for 36\d\d s$/,
      );
    });

    it("warns of a worker that lacks what this process has, and only of that one", async () => {
      const runs = await createRunsFixture(database());
      const poor = await runs.worker();
      const rich = await runs.worker();
      await database().system((tx) =>
        tx.query("UPDATE workers SET capabilities = $2 WHERE worker_id = $1", [
          rich,
          { providers: ["more"], tools: ["more"], prompting: ["brief"] },
        ]),
      );
      expect(await check(database(), registry)).toEqual({
        status: "warn",
        check: "workers",
        detail: `2 alive; worker ${poor} lacks prompting strategy 'brief'`,
        advice: "start api and workers of one version with the same LLAMAAGENT_PLUGINS",
      });
      expect(await checkWorkers(database(), registry)).toMatchObject({
        liveWorkers: 2,
        completeWorkers: 1,
      });
      await runs.bury(poor);
      expect(await check(database(), registry)).toMatchObject({
        status: "ok",
        detail: "1 alive",
      });
      // Plug-ins that cannot be loaded are a fault of their own.
      expect(await check(database(), undefined)).toMatchObject({ status: "ok" });
    });
  });
});
