import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { createRunsContext, type RunsContext } from "@llamaagent/runs";
import { createEnvelope } from "@llamaagent/protection";
import { beforeEach, describe, expect, it } from "vitest";
import { nothingAllowed } from "@llamaagent/tools/manifest";
import { createAdmission } from "./admission.ts";
import { admitBatch } from "./admit-batch.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  let context: RunsContext;
  /** Transactions: all, those that are open, the most that were. */
  let transactions: { all: number; open: number; most: number };
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    transactions = { all: 0, open: 0, most: 0 };
    const tenant: RunsContext["db"]["tenant"] = async (tenantId, work) => {
      transactions.all += 1;
      transactions.open += 1;
      transactions.most = Math.max(transactions.most, transactions.open);
      try {
        return await database().tenant(tenantId, work);
      } finally {
        transactions.open -= 1;
      }
    };
    context = createRunsContext({ ...runs.context, db: { ...database(), tenant } });
  });
  const admit = async (body: object, headers = {}) => {
    const admission = createAdmission(nothingAllowed, createEnvelope([]));
    const bodies = Array.from({ length: 100 }, () => body);
    const parts = { context, admission };
    const outcomes = await admitBatch(parts, runs.principal, bodies, headers);
    return outcomes.filter((outcome) => "run" in outcome);
  };

  describe("a batch of a hundred runs", () => {
    it("is one transaction", async () => {
      expect(await admit({ input: "Hi" })).toHaveLength(100);
      expect(transactions).toMatchObject({ all: 1, most: 1 });
    });

    it("has few transactions at one time where they cannot be one", async () => {
      expect(await admit({ input: "Hi" }, { "idempotency-key": "k" })).toHaveLength(100);
      expect(transactions).toMatchObject({ all: 101, most: 4 });
    });
  });
});
