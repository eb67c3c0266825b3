import { AgentDefinition, type TenantLimits } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createAgent } from "./agents/create-agent.ts";
import { deleteAgent } from "./agents/delete-agent.ts";
import { cancelRun } from "./cancel-run.ts";
import { putThreadFile } from "./threads/put-thread-file.ts";

const full = expect.objectContaining({ code: "rate_limited", retryAfterSeconds: 5 });

onEachDatabase((database) => {
  let runs: RunsFixture;
  let tenantId: string;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    ({ tenantId } = runs.principal);
  });

  const limit = (limits: Partial<TenantLimits>) =>
    database().system((tx) =>
      tx.query(
        `INSERT INTO tenants (tenant_id, name, created_by, limits) VALUES ($1, $2, 'test', $3)`,
        [tenantId, tenantId, JSON.stringify(limits)],
      ),
    );
  /** That there is no room is known for 200 ms. */
  const admitSoon = (request?: Parameters<RunsFixture["admit"]>[0]) =>
    vi.waitFor(() => runs.admit(request), { timeout: 5_000, interval: 50 });
  const end = (runId: string) => cancelRun(runs.context, runs.principal, runId);
  const stored = async () => {
    const rows = await database().system((tx) => tx.query("SELECT FROM runs"));
    return rows.length;
  };

  describe("a tenant's open runs", () => {
    it("are as many as it may have, and one more when one has ended", async () => {
      await limit({ open_runs: 2 });
      const [first] = [await runs.admit(), await runs.admit()];
      await expect(runs.admit()).rejects.toEqual(full);
      expect(await stored()).toBe(2);
      await end(first.run_id);
      await admitSoon();
      await expect(runs.admit()).rejects.toEqual(full);
    });

    it("count whatever they wait for", async () => {
      await limit({ open_runs: 4 });
      const threadId = await runs.thread();
      await runs.claimed();
      await runs.admit({ threadId });
      await runs.admit({ threadId });
      await runs.admit({ afterSeconds: 60 });
      await expect(runs.admit()).rejects.toEqual(full);
      await expect(runs.admit({ threadId })).rejects.toEqual(full);
    });

    it("fill what is left where several come at one time", async () => {
      await limit({ open_runs: 5 });
      const coming = await Promise.allSettled(Array.from({ length: 9 }, () => runs.admit()));
      expect(coming.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
      expect(await stored()).toBe(5);
    });

    it("are found again by their key, and a refused one leaves its key free", async () => {
      await limit({ open_runs: 1 });
      const one = { idempotency: { key: "one", bodyHash: "h" } };
      const two = { idempotency: { key: "two", bodyHash: "h" } };
      const { run_id: runId } = await runs.admit(one);
      await expect(runs.admit(two)).rejects.toEqual(full);
      expect(await runs.admit(one)).toMatchObject({ run_id: runId });
      await end(runId);
      expect(await admitSoon(two)).not.toMatchObject({ run_id: runId });
    });

    it("are not another tenant's", async () => {
      await limit({ open_runs: 0 });
      await expect(runs.admit()).rejects.toEqual(full);
      const other = await createRunsFixture(database());
      expect(await other.admit()).toMatchObject({ state: "queued" });
    });

    it("do not hide that an agent is not there", async () => {
      await limit({ open_runs: 1 });
      await expect(runs.admit({ agent: "nobody" })).rejects.toMatchObject({ code: "not_found" });
    });
  });

  describe("a tenant's agents", () => {
    const create = (name: string) =>
      database().tenant(tenantId, (tx) =>
        createAgent(tx, {
          agentId: uuidv7(),
          definition: AgentDefinition.parse({ name, model: "test/scripted" }),
        }),
      );

    it("are as many as it may have, also where several come at one time", async () => {
      await limit({ agents: 3 }); // One is there.
      const coming = await Promise.allSettled(["a", "b", "c", "d"].map(create));
      const made = coming.filter(({ status }) => status === "fulfilled");
      expect(made).toHaveLength(2);
      for (const outcome of coming)
        if (outcome.status === "rejected")
          expect(outcome.reason).toMatchObject({ code: "conflict", message: /at most 3 agents/ });
    });

    it("are one fewer when one is deleted", async () => {
      await limit({ agents: 2 });
      const { agent_id: agentId } = await create("a");
      await expect(create("b")).rejects.toMatchObject({ code: "conflict" });
      await database().tenant(tenantId, (tx) => deleteAgent(tx, agentId));
      expect(await create("b")).toMatchObject({ name: "b" });
    });
  });

  describe("a tenant's files", () => {
    const put = (threadId: string, path: string, size: number) =>
      database().tenant(tenantId, (tx) =>
        putThreadFile(tx, { threadId, path, mediaType: "text/plain", bytes: Buffer.alloc(size) }),
      );

    it("hold as much as they may together, whatever their threads", async () => {
      await limit({ file_bytes: 100 });
      const [one, other] = [await runs.thread(), await runs.thread()];
      await put(one, "a", 60);
      await expect(put(other, "b", 41)).rejects.toMatchObject({ code: "payload_too_large" });
      await put(other, "b", 40);
      // What is replaced makes room for what replaces it.
      await put(one, "a", 50);
      await expect(put(one, "a", 61)).rejects.toMatchObject({ code: "payload_too_large" });
    });
  });
});
