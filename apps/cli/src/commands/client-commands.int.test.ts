import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  Agent,
  QueueStats,
  Run,
  RunStep,
  Schedule,
  ScheduleFiring,
  Thread,
  ThreadState,
} from "@llamaagent/client";
import { type CommandOutcome, runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import {
  type TemporaryFolder,
  temporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const NO_ID = "01900000-0000-7000-8000-000000000000";
let server: EmbeddedServer;
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder("client-commands");
  server = await startEmbeddedServer({});
  await client().agents.create({
    name: "poor",
    model: "offline/extractive",
    tools: ["calculator"],
    limits: { max_tokens: 1 },
  });
});
afterAll(async () => {
  await server?.close();
  await folder?.remove();
});

function client() {
  const [first] = server.clients;
  if (!first) throw new Error("the server is not there");
  return first;
}

function llamaagent(...args: string[]): Promise<CommandOutcome> {
  return runLlamaAgent(args, { LLAMAAGENT_URL: server.urls[0] });
}

/** What a command says with --json; it succeeds and says nothing else. */
async function json<Answer>(...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await llamaagent(...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const answer: Answer = JSON.parse(stdout);
  return answer;
}

/** As `json`, of a command that prints a line for each. */
async function lines<Item>(...args: string[]): Promise<Item[]> {
  const { code, stdout, stderr } = await llamaagent(...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return parsedLines(stdout);
}

function parsedLines<Item>(stdout: string): Item[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Item => JSON.parse(line));
}

/** A run that does not begin. */
async function delayed(metadata: Run["metadata"] = {}): Promise<string> {
  return (await client().runs.create({ input: "later", after_seconds: 3_600, metadata })).run_id;
}

/** A run that ended in error. */
async function dead(): Promise<string> {
  return (await client().runs.wait({ agent_id: "poor", input: "What is 6 * 7?" })).run.run_id;
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, content);
  return path;
}

describe("runs", () => {
  it("list finds runs, newest first, as a table and as JSON", async () => {
    const first = await delayed({ team: "blue", ticket: 17 });
    const second = await delayed({ team: "blue" });
    const blue = await lines<Run>("runs", "list", "--metadata", "team=blue");
    expect(blue.map((run) => run.run_id)).toEqual([second, first]);
    const filter = ["--status", "pending", "--agent", "default", "-m", "ticket:=17"];
    expect(await lines("runs", "list", ...filter)).toMatchObject([{ run_id: first }]);
    expect(await lines("runs", "list", "-m", "ticket=17")).toEqual([]);
    expect(await lines("runs", "list", "--thread", NO_ID)).toEqual([]);

    const one = await llamaagent("runs", "list", "--metadata", "team=blue", "--limit", "1");
    expect(one.stdout).toMatch(/^RUN +STATUS +REASON +AGE +INPUT\n/);
    expect(one.stdout).toMatch(new RegExp(`\n${second}  pending  queued  \\d+s +later\n$`));
    expect(one.stderr).toBe("… there may be more: --limit or --all\n");
    const none = await llamaagent("runs", "list", "--metadata", "team=red");
    expect(none).toEqual({ code: 0, stdout: "", stderr: "no runs\n" });
  });

  it("list --all reads every page, a run each once", { timeout: 60_000 }, async () => {
    const body = { input: "x", after_seconds: 3_600, metadata: { many: true } };
    for (let batch = 0; batch < 11; batch += 1)
      await client().runs.createMany(Array.from({ length: 100 }, () => body));
    const filter = ["-m", "many:=true"];
    const all = await llamaagent("runs", "list", ...filter, "--all", "--json");
    const ids = parsedLines<Run>(all.stdout).map((run) => run.run_id);
    expect(new Set(ids).size).toBe(1_100);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(all.stderr).toContain("… 900 runs\n… 1000 runs\n");
    expect(await lines("runs", "list", ...filter, "--limit", "1001")).toHaveLength(1_001);

    const cancelled = await llamaagent("runs", "cancel", ...filter, "--json");
    expect(parsedLines<{ outcome: string }>(cancelled.stdout)).toHaveLength(1_100);
    expect(cancelled.stderr).toContain("… 1000 runs\n");
    expect(await llamaagent("runs", "cancel", ...filter)).toEqual({
      code: 0,
      stdout: "",
      stderr: "no open run matches\n",
    });
  });

  it("show says what a run is and did", async () => {
    const { run } = await client().runs.wait({ input: "What is 6 * 7?" });
    const shown = await json<{ run: Run; steps: RunStep[] }>("runs", "show", run.run_id);
    expect(shown.run).toEqual(run);
    expect(shown.steps.map((step) => step.name)).toContain("calculator");
    const { stdout } = await llamaagent("runs", "show", run.run_id);
    expect(stdout).toMatch(new RegExp(`^run +${run.run_id}\nstatus +success \\(completed\\)\n`));
    expect(stdout).toContain("\ninput\n  What is 6 * 7?\n\noutput\n  6 * 7 = 42\n\nSTEP ");
    expect(stdout).toMatch(/\nmodel\/0\/tools\/0 +calculator +none +done +\d/);
  });

  it("cancel ends those named, and says which are not there", async () => {
    const ids = [await delayed(), await delayed()];
    expect(await lines("runs", "cancel", ...ids)).toEqual(
      ids.map((id) => ({ run_id: id, outcome: "cancelled" })),
    );
    const again = await llamaagent("runs", "cancel", ids[0] ?? "", NO_ID);
    expect(again.stdout).toBe(`${ids[0]}  ended\n${NO_ID}  not_found\n`);
    expect(again.code).toBe(1);
  });

  it("cancel --all ends every run that has not ended", async () => {
    const { run } = await client().runs.wait({ input: "What is 6 * 7?" });
    const open = [await delayed(), await delayed({ team: "green" })];
    const cancelled = await lines<{ run_id: string }>("runs", "cancel", "--all");
    expect(cancelled).toEqual(
      expect.arrayContaining(open.map((id) => ({ run_id: id, outcome: "cancelled" }))),
    );
    expect(cancelled).not.toContainEqual(expect.objectContaining({ run_id: run.run_id }));
    expect(await lines("runs", "list", "--status", "pending")).toEqual([]);
    expect(await llamaagent("runs", "cancel", "--all")).toEqual({
      code: 0,
      stdout: "",
      stderr: "no open run matches\n",
    });
  });

  it("dead lists what failed; retry and --drop take it off", async () => {
    const [first, second, third] = [await dead(), await dead(), await dead()];
    const listed = await lines<Run>("runs", "dead", "--reason", "budget_exceeded");
    expect(listed.map((run) => run.run_id)).toEqual([third, second, first]);
    expect(await lines("runs", "dead", "--reason", "timeout")).toEqual([]);
    const text = await llamaagent("runs", "dead", "--limit", "1");
    expect(text.stdout).toMatch(new RegExp(`^RUN .*\n${third}  budget_exceeded +\\d+s +\\w+: `));

    expect(await lines("runs", "dead", "--drop", third)).toEqual([
      { run_id: third, outcome: "dropped" },
    ]);
    const retried = await llamaagent("runs", "retry", NO_ID, second, third);
    const again = (await client().runs.get(second)).retried_as;
    expect(retried.stdout).toContain(`${second}  retried  ${again}\n${third}  retried  `);
    expect(retried.stderr).toMatch(new RegExp(`^${NO_ID}: not_found: `));
    expect(retried.code).toBe(1);
    await client().runs.wait(again ?? "");
    expect(await lines("runs", "retry", second)).toEqual([
      { run_id: second, outcome: "retried_before", retried_as: again },
    ]);
    await client().runs.wait((await client().runs.get(third)).retried_as ?? "");

    const all = await lines<{ run_id: string }>(
      "runs",
      "retry",
      "--dead",
      "--reason",
      "budget_exceeded",
    );
    expect(all.map((each) => each.run_id)).toContain(first);
    expect(all).toHaveLength(3);
    expect(await llamaagent("runs", "retry", "--dead", "--reason", "timeout")).toEqual({
      code: 0,
      stdout: "",
      stderr: "no dead letters\n",
    });
  });

  it("retry --from-step does a step again", async () => {
    const runId = await dead();
    const step = ["--from-step", "model/0"];
    const [again] = await lines<{ retried_as: string }>("runs", "retry", runId, ...step);
    const { run } = await client().runs.wait(again?.retried_as ?? "");
    expect(run.retry_of).toBe(runId);
    const none = await llamaagent("runs", "retry", await dead(), "--from-step", "model/9");
    expect(none.stderr).toMatch(/: invalid_request: .*\n  \/from_step: is no step of the run/);
    expect(none.code).toBe(1);
  });
});

describe("agents", () => {
  it("creates from a file or standard input, shows and deletes", async () => {
    const reader = await file("reader.json", '{"name": "reader", "model": "offline/extractive"}');
    expect(await json("agents", "create", reader)).toMatchObject({ name: "reader", version: 1 });
    const shown = await json<Agent>("agents", "show", "reader");
    const text = await llamaagent("agents", "show", shown.agent_id);
    expect(text.stdout).toMatch(/^name +reader\nagent +[0-9a-f-]{36}\nversion +1\nmodel /);

    const child = await spawnNode(
      [
        "--eval",
        `const child = require("node:child_process").spawnSync(process.execPath,
          ["apps/cli/src/main.ts", "agents", "create", "--json"],
          { input: '{"name": "writer", "model": "offline/extractive"}', stdio: ["pipe", "inherit", "inherit"] });
        process.exit(child.status);`,
      ],
      { cwd: repositoryRoot, env: { LLAMAAGENT_URL: server.urls[0] } },
    );
    expect(await child.exited).toMatchObject({ code: 0 });
    expect(JSON.parse(child.lines.join("\n"))).toMatchObject({ name: "writer" });

    const deleted = await llamaagent("agents", "delete", "reader", "no-such", "writer", "--json");
    expect(parsedLines(deleted.stdout)).toMatchObject([
      { agent: "reader", outcome: "deleted" },
      { agent: "no-such", error: { code: "not_found" } },
      { agent: "writer", outcome: "deleted" },
    ]);
    expect(deleted.code).toBe(1);
  });

  it("list finds agents, page by page", async () => {
    for (const name of ["listed-a", "listed-b", "other"])
      await client().agents.create({ name, model: "offline/extractive", metadata: { mine: name } });
    const names = async (...filter: string[]) =>
      (await lines<Agent>("agents", "list", ...filter)).map((agent) => agent.name);
    expect(await names("--name", "listed", "--all")).toEqual(["listed-b", "listed-a"]);
    expect(await names("-m", "mine=other")).toEqual(["other"]);
    const one = await llamaagent("agents", "list", "--name", "listed", "--limit", "1");
    expect(one.stdout).toMatch(/^AGENT +NAME +VERSION +AGE +MODEL\n.* listed-b +1 +\d+s +offline/);
    expect(one.stderr).toBe("… there may be more: --limit or --all\n");
  });

  it("shows the server's pointers into what it refuses", async () => {
    const wrong = await file("wrong.json", '{"name": "wrong", "model": 1}');
    const { code, stderr, stdout } = await llamaagent("agents", "create", wrong);
    expect(stderr).toContain("invalid_request:");
    expect(stderr).toContain("  /model: ");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });
});

describe("threads", () => {
  it("lists, shows with messages, has the history and deletes", async () => {
    const { thread_id: threadId } = await client().threads.create({ metadata: { topic: "sums" } });
    const { run } = await client().runs.wait({ thread_id: threadId, input: "What is 6 * 7?" });
    const listed = await lines<Thread>("threads", "list", "-m", "topic=sums", "--status", "idle");
    expect(listed).toMatchObject([{ thread_id: threadId }]);
    expect(await lines("threads", "list", "--status", "busy", "--all")).toEqual([]);
    expect((await llamaagent("threads", "list")).stdout).toContain('{"topic":"sums"}');

    expect(await json("threads", "show", threadId)).toEqual(await client().threads.get(threadId));
    const text = await llamaagent("threads", "show", threadId);
    expect(text.stdout).toContain("\nuser\n  What is 6 * 7?\n\nassistant\n  → calculator ");

    const [state] = await lines<ThreadState>("threads", "history", threadId);
    expect(state?.checkpoint).toEqual({ checkpoint_id: run.run_id });
    expect(await lines("threads", "history", threadId, "--before", run.run_id)).toEqual([]);
    const history = await llamaagent("threads", "history", threadId);
    expect(history.stdout).toContain(`${run.run_id}  run `);

    expect(await llamaagent("threads", "delete", threadId)).toEqual({
      code: 0,
      stdout: `${threadId}  deleted\n`,
      stderr: "",
    });
    expect(await llamaagent("threads", "show", threadId)).toMatchObject({ code: 1, stdout: "" });
  });

  it("list --all reads every page", async () => {
    for (let n = 0; n < 3; n += 1) await client().threads.create({ metadata: { page: true } });
    const all = await lines<Thread>("threads", "list", "-m", "page:=true", "--all");
    expect(new Set(all.map((thread) => thread.thread_id)).size).toBe(3);
    expect(await lines("threads", "list", "-m", "page:=true", "-n", "2")).toHaveLength(2);
  });
});

describe("schedules", () => {
  it("creates, shows, stops and deletes one, and says what it did", async () => {
    const body = { name: "often", cron: "* * * * * *", run: { input: "What is 1 + 1?" } };
    const path = await file("often.json", JSON.stringify(body));
    const { schedule_id: id } = await json<Schedule>("schedules", "create", path);
    expect(await lines("schedules", "list")).toMatchObject([{ schedule_id: id, name: "often" }]);
    await expect
      .poll(() => lines<ScheduleFiring>("schedules", "firings", id, "-n", "1"), { timeout: 30_000 })
      .toMatchObject([{ outcome: "started", run_id: expect.any(String) }]);
    expect((await llamaagent("schedules", "firings", id)).stdout).toMatch(/^DUE +OUTCOME +RUN/);

    expect(await lines("schedules", "disable", id)).toEqual([
      { schedule_id: id, outcome: "disabled" },
    ]);
    expect(await json("schedules", "show", id)).toMatchObject({ enabled: false, next_firings: [] });
    const all = await lines<ScheduleFiring>("schedules", "firings", id, "--all");
    expect(new Set(all.map((firing) => firing.due_at)).size).toBe(all.length);
    expect((await llamaagent("schedules", "list")).stdout).toContain("disabled  often\n");
    expect((await llamaagent("schedules", "enable", id)).stdout).toBe(`${id}  enabled\n`);
    const shown = await llamaagent("schedules", "show", id);
    expect(shown.stdout).toMatch(/\nenabled +yes\n[^]*\nfires +20\d\d-/);
    expect((await llamaagent("schedules", "delete", id)).stdout).toBe(`${id}  deleted\n`);
    expect((await llamaagent("schedules", "delete", id)).code).toBe(1);
  });

  it("preview says when a timetable would fire", async () => {
    const timetable = [
      "0 7 * * *",
      "--timezone",
      "Europe/Berlin",
      "--after",
      "2026-01-01T00:00:00Z",
    ];
    const moments = ["2026-01-01T06:00:00.000Z", "2026-01-02T06:00:00.000Z"];
    const preview = ["schedules", "preview", ...timetable, "--count", "2"];
    expect(await json(...preview)).toEqual({ next_firings: moments });
    expect((await llamaagent(...preview)).stdout).toBe(`${moments.join("\n")}\n`);
    const wrong = await llamaagent("schedules", "preview", "never");
    expect(wrong.stderr).toContain("/cron:");
    expect(wrong.code).toBe(1);
  });
});

it("queue says what waits and who works", async () => {
  const stats = await json<QueueStats>("queue");
  expect(stats.workers).toMatchObject([{ tools: expect.arrayContaining(["calculator"]) }]);
  const { stdout } = await llamaagent("queue");
  expect(stdout).toMatch(/^queued +\d+\noldest wait +[\d.]+ s\n/);
  expect(stdout).toContain(`\n${stats.workers[0]?.worker_id}  `);
});

it.each([
  [["runs", "show", NO_ID], "not_found:"],
  [["runs", "show", "no-id"], "/path/run_id:"],
  [["agents", "show", "no-such"], "not_found:"],
  [["threads", "history", NO_ID], "not_found:"],
  [["threads", "delete", NO_ID], "not_found:"],
  [["schedules", "show", NO_ID], "not_found:"],
  [["schedules", "firings", NO_ID], "not_found:"],
])("%j of what is not there exits with 1", async (args, reason) => {
  const { code, stdout, stderr } = await llamaagent(...args);
  expect(stderr).toContain(reason);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
});
