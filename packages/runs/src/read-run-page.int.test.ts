import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { describe, expect, it } from "vitest";
import { searchRuns } from "./search-runs.ts";

onEachDatabase((database) => {
  describe("a page of runs", () => {
    it("is refused where it has more than 16 MiB, and had in parts", async () => {
      const runs = await createRunsFixture(database());
      const search = (limit: number, offset = 0) =>
        database().tenant(runs.principal.tenantId, (tx) => searchRuns(tx, { limit, offset }));
      const input = "ä".repeat(3_000_000);
      for (let made = 0; made < 3; made++) await runs.admit({ input });
      expect(await search(2)).toMatchObject([{ input }, { input }]);
      await expect(search(3)).rejects.toMatchObject({
        code: "invalid_request",
        errors: [{ pointer: "/limit", message: expect.stringContaining("16 MiB of runs") }],
      });
      expect(await search(3, 1)).toHaveLength(2);
      await runs.admit();
      expect((await search(3)).map((run) => run.input === input)).toEqual([false, true, true]);
    });
  });
});
