import { AgentDefinition, type JsonObject } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { expect, it } from "vitest";
import { createAgent } from "./create-agent.ts";
import { deleteAgent } from "./delete-agent.ts";
import { type AgentSearch, searchAgents } from "./search-agents.ts";
import { seedDefaultAgent } from "./seed-default-agent.ts";
import { updateAgent } from "./update-agent.ts";

onEachDatabase((database) => {
  const tenant = () => tenantOf(database(), uuidv7());

  it("finds by a part of the name, in any case, the newest first", async () => {
    const { make, names } = tenant();
    for (const name of ["Support.first", "sales", "support-second", "support_third"])
      await make(name);
    expect(await names({ name: "SUPPORT" })).toEqual([
      "support_third",
      "support-second",
      "Support.first",
    ]);
    expect(await names({ name: "t_t" })).toEqual(["support_third"]);
    // No pattern: in LIKE these are wildcards.
    expect(await names({ name: "%" })).toEqual([]);
    expect(await names({ name: "support_s" })).toEqual([]);
    expect(await names({ name: "s'); DROP TABLE agents" })).toEqual([]);
  });

  it("finds by what the metadata holds at least", async () => {
    const { make, names } = tenant();
    await make("one", { team: "a", tags: ["x", "y"], deep: { level: 2, more: null } });
    await make("two", { team: "a", tags: ["x"] });
    await make("none");
    expect(await names({ metadata: {} })).toEqual(["none", "two", "one"]);
    expect(await names({ metadata: { team: "a" } })).toEqual(["two", "one"]);
    expect(await names({ metadata: { tags: ["y"] } })).toEqual(["one"]);
    expect(await names({ metadata: { deep: { level: 2 } } })).toEqual(["one"]);
    expect(await names({ metadata: { deep: { more: null } } })).toEqual(["one"]);
    expect(await names({ metadata: { deep: { level: 3 } } })).toEqual([]);
    expect(await names({ metadata: { team: "a" }, name: "tw" })).toEqual(["two"]);
  });

  it("follows a change of the metadata and of the name, and answers the newest version", async () => {
    const { make, names, update, search } = tenant();
    await make("old", { team: "a" });
    await update("old", { name: "new", metadata: { team: "b" }, instructions: "later" });
    expect(await names({ metadata: { team: "a" } })).toEqual([]);
    expect(await names({ name: "old" })).toEqual([]);
    expect(await search({ metadata: { team: "b" } })).toMatchObject([
      { name: "new", version: 2, instructions: "later", metadata: { team: "b" } },
    ]);
  });

  it("pages by limit and offset", async () => {
    const { make, names } = tenant();
    for (const name of ["a", "b", "c", "d", "e"]) await make(name);
    expect(await names({ limit: 2 })).toEqual(["e", "d"]);
    expect(await names({ limit: 2, offset: 2 })).toEqual(["c", "b"]);
    expect(await names({ limit: 2, offset: 4 })).toEqual(["a"]);
    expect(await names({ offset: 5 })).toEqual([]);
    expect(await names({ offset: Number.MAX_SAFE_INTEGER })).toEqual([]);
  });

  it("finds no deleted agent and no other tenant's", async () => {
    const [ours, theirs] = [tenant(), tenant()];
    await ours.make("leaving", { team: "a" });
    await ours.make("staying", { team: "a" });
    await ours.remove("leaving");
    await theirs.make("theirs", { team: "a" });
    expect(await ours.names({ metadata: { team: "a" } })).toEqual(["staying"]);
    expect(await theirs.names({})).toEqual(["theirs"]);
  });

  it("finds the agent of the first start", async () => {
    const { names, tenantId } = tenant();
    await database().tenant(tenantId, (tx) =>
      seedDefaultAgent(tx, {
        tenantId: tx.tenantId,
        agentId: uuidv7(),
        model: "test/a",
        tools: [],
      }),
    );
    expect(await names({ name: "default", metadata: {} })).toEqual(["default"]);
  });

  it("refuses to answer with more than 16 MiB, but for two agents", async () => {
    const { make, search } = tenant();
    const text = "ä".repeat(4_500_000);
    await make("small");
    await make("large", { text });
    await make("large.too", { text });
    expect(await search({ limit: 2 })).toMatchObject([
      { metadata: { text } },
      { metadata: { text } },
    ]);
    await expect(search({ limit: 3 })).rejects.toMatchObject({
      code: "invalid_request",
      errors: [
        { pointer: "/limit", message: "asks for more than 16 MiB of agents: ask for fewer" },
      ],
    });
    expect(await search({ limit: 1 })).toMatchObject([{ name: "large.too" }]);
    expect(await search({ limit: 1, offset: 1 })).toMatchObject([{ name: "large" }]);
  });
});

function tenantOf(db: Database, tenantId: string) {
  const search = (asked: Partial<AgentSearch>) =>
    db.tenant(tenantId, (tx) =>
      searchAgents(tx, { name: "", metadata: {}, limit: 10, offset: 0, ...asked }),
    );
  return {
    tenantId,
    search,
    names: async (asked: Partial<AgentSearch>) => (await search(asked)).map(({ name }) => name),
    make: (name: string, metadata: JsonObject = {}) =>
      db.tenant(tenantId, (tx) =>
        createAgent(tx, {
          agentId: uuidv7(),
          definition: AgentDefinition.parse({ name, model: "test/a", metadata }),
        }),
      ),
    update: (name: string, changes: Partial<AgentDefinition>) =>
      db.tenant(tenantId, (tx) => updateAgent(tx, name, (agent) => ({ ...agent, ...changes }))),
    remove: (name: string) => db.tenant(tenantId, (tx) => deleteAgent(tx, name)),
  };
}
