import { AppError, createPluginRegistry } from "@llamaagent/core";
import { agentsPlugin } from "@llamaagent/agents/manifest";
import { modelsPlugin } from "@llamaagent/models/manifest";
import { createLogger } from "@llamaagent/observability";
import { type Capabilities, type ClaimedRun, createAgentReader } from "@llamaagent/runs";
import { beforeEach, expect, it } from "vitest";
import { AWAY_MS, createLeftAgents, KEPT_MS, type LeftAgents } from "./left-agents.ts";

const control = { abandoned: AbortSignal.abort() };
let nowMs: number;
/** Whether others have what is asked for. */
let others: boolean | AppError;
let asked: (Capabilities | undefined)[];
let mayJudge: boolean;
let logs: string[];
let left: LeftAgents;
beforeEach(() => {
  nowMs = 0;
  others = true;
  asked = [];
  mayJudge = true;
  logs = [];
  const answer = async (): Promise<boolean> => {
    if (others instanceof AppError) throw others;
    return others;
  };
  left = createLeftAgents({
    registry: createPluginRegistry([
      { source: "agents", plugin: agentsPlugin },
      { source: "models", plugin: modelsPlugin },
    ]),
    readAgent: createAgentReader(),
    async leaveToOthers(_fence, needs) {
      asked.push(needs);
      return answer();
    },
    areOffered: (needs) => Promise.all(needs.map(answer)),
    mayJudge: () => mayJudge,
    clock: { monotonicMs: () => nowMs },
    logger: createLogger({ level: "warn", destination: { write: (line) => void logs.push(line) } }),
  });
});

function claimed(definition: object, version = 1): ClaimedRun {
  return {
    run: { run_id: "r", agent_id: "a", agent_version: version },
    definition: JSON.stringify({ name: "a", model: "offline/extractive", ...definition }),
  } as ClaimedRun; // no more of it is looked at
}
const leave = (definition: object, version?: number) =>
  left.leave(claimed(definition, version), control);

it("executes what it has all parts for, and asks nobody", async () => {
  expect(await leave({})).toBe(false);
  expect(asked).toEqual([]);
  expect(left.versions).toEqual([]);
});

it.each([
  { what: "tool", definition: { tools: ["new"] }, lacks: ["tool 'new'"] },
  { what: "provider", definition: { model: "acme/large" }, lacks: ["provider 'acme'"] },
  {
    what: "prompting strategy",
    definition: { prompting: "brief" },
    lacks: ["prompting strategy 'brief'"],
  },
])("leaves what it lacks a $what for, and says so once", async ({ definition, lacks }) => {
  expect(await leave(definition, 7)).toBe(true);
  expect(await leave(definition, 7)).toBe(true);
  expect(asked[0]).toEqual({
    providers: ["offline"],
    tools: [],
    prompting: ["default"],
    ...("tools" in definition ? definition : {}),
    ...("model" in definition ? { providers: ["acme"] } : {}),
    ...("prompting" in definition ? { prompting: ["brief"] } : {}),
  });
  expect(left.versions).toEqual([{ agentId: "a", version: 7 }]);
  expect(logs.map((line) => JSON.parse(line))).toMatchObject([{ agent_version: 7, lacks }]);
});

it("leaves nothing that nobody else can execute either", async () => {
  others = false;
  expect(await leave({ tools: ["new"] })).toBe(false);
  expect(left.versions).toEqual([]);
});

it("leaves an agent alone for as long as a worker that has its parts may come back", async () => {
  await leave({ tools: ["new"] });
  await leave({ tools: ["newer"] }, 2);
  nowMs = AWAY_MS * 10;
  await left.look();
  expect(left.versions).toHaveLength(2);
  others = false;
  nowMs += AWAY_MS;
  await left.look();
  expect(left.versions).toHaveLength(2);
  nowMs += 1;
  await left.look();
  expect(left.versions).toEqual([]);
});

it("judges by no other worker's row just after Postgres was away", async () => {
  await leave({ tools: ["new"] });
  mayJudge = false;
  others = false;
  nowMs = AWAY_MS * 2;
  await left.look();
  expect(left.versions).toHaveLength(1);
  others = true;
  expect(await leave({ tools: ["newer"] }, 2)).toBe(true);
  expect(asked.at(-1)).toBeUndefined();
  mayJudge = true;
  others = false;
  nowMs += AWAY_MS + 1;
  await left.look();
  expect(left.versions).toEqual([]);
});

it("keeps an agent whose worker is away just when it is kept long enough", async () => {
  await leave({ tools: ["new"] });
  nowMs = KEPT_MS;
  await left.look();
  nowMs += 1;
  others = false;
  await left.look();
  expect(left.versions).toHaveLength(1);
});

it("keeps no agent for ever", async () => {
  await leave({ tools: ["new"] });
  nowMs = KEPT_MS;
  await left.look();
  expect(left.versions).toHaveLength(1);
  await leave({ tools: ["newer"] }, 2);
  nowMs += 1;
  await left.look();
  expect(left.versions).toEqual([{ agentId: "a", version: 2 }]);
});

it("executes a run whose agent it cannot read: that ends it", async () => {
  expect(await leave({ newer: true })).toBe(false);
  expect(asked).toEqual([]);
});

it("executes nothing of a run that it could not give back because Postgres is away", async () => {
  others = new AppError("service_unavailable");
  expect(await leave({ tools: ["new"] })).toBe(true);
  expect(left.versions).toEqual([]);
  others = new AppError("internal");
  expect(await leave({ tools: ["new"] })).toBe(false);
});
