import type { Run } from "@llamaagent/client";
import { type EffectServer, startEffectServer } from "@llamaagent/testing/durability/effect-server";
import { type FakeOpenAi, startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { type CommandOutcome, runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { afterAll, beforeAll, expect, it } from "vitest";

const NOT_ID = "01900000-0000-7000-8000-000000000000";
const FIRST = "model/0/tools/0";
const SECOND = "model/0/tools/1";

let effects: EffectServer;
let model: FakeOpenAi;
let server: EmbeddedServer;
beforeAll(async () => {
  effects = await startEffectServer();
  // Longer than the tool allows: nobody knows what became of it.
  const call = { name: "write_late", arguments: { effects: effects.url, label: "l", ms: 3_000 } };
  model = await startFakeOpenAi({
    script: ({ turn, toolResults, userText }) =>
      turn === 0
        ? { toolCalls: userText.includes("twice") ? [call, call] : [call] }
        : { text: `The tool said: ${toolResults.join()}` },
  });
  server = await startEmbeddedServer({
    LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/effects-plugin.ts",
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: "fake-key",
  });
  const [client] = server.clients;
  await client?.agents.create({
    name: "writer",
    model: "openai/fake-model",
    tools: ["write_late"],
  });
});
afterAll(async () => {
  await server?.close();
  await model?.close();
  await effects?.close();
});

const llamaagent = (...args: string[]): Promise<CommandOutcome> =>
  runLlamaAgent(args, { LLAMAAGENT_URL: server.urls[0] });

const hint = (runId: string, stepKey: string): string =>
  `‖ waits for a person: did write_late take effect? llamaagent runs resume ${runId} ${stepKey} --outcome <done|not_done|abort> [--output <json>]\n`;

/** `run` until it waits. */
async function waitingRun(question: string): Promise<{ runId: string; ran: CommandOutcome }> {
  const ran = await llamaagent("run", "--agent", "writer", question);
  return { runId: /\/runs\/([0-9a-f-]{36})\n/.exec(ran.stderr)?.[1] ?? "", ran };
}

it("a run that waits ends run and runs tail, is found, and goes on once it is settled", async () => {
  const { runId, ran } = await waitingRun("write");
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  expect(ran.stderr).toContain(`‖ paused: whether ${FIRST} took effect is unknown\n`);
  expect(ran.stderr).toMatch(new RegExp(`\n‖ waits [^\n]*\n$`));
  expect(ran.stderr.endsWith(hint(runId, FIRST))).toBe(true);

  const tailed = await llamaagent("runs", "tail", runId, "--json");
  expect(tailed).toMatchObject({ code: 3, stderr: hint(runId, FIRST) });
  expect(tailed.stdout).toMatch(/"type":"run\.paused"[^\n]*\n$/);

  const filters = [
    ["--state", "waiting"],
    ["--stop-reason", "effect_unknown"],
  ];
  for (const filter of filters) {
    const listed = await llamaagent("runs", "list", ...filter, "--json");
    expect((JSON.parse(listed.stdout) as Run).run_id).toBe(runId);
  }
  const none = await llamaagent("runs", "list", "--state", "ended");
  expect(none).toEqual({ code: 0, stdout: "", stderr: "no runs\n" });

  expect(await llamaagent("runs", "show", runId)).toMatchObject({
    code: 0,
    stderr: hint(runId, FIRST),
  });

  const output = ["--outcome", "done", "--output", '{"sent": 1}'];
  expect(await llamaagent("runs", "resume", runId, FIRST, ...output)).toEqual({
    code: 0,
    stdout: `${runId}  queued\n`,
    stderr: "",
  });
  // The pause that is over does not end it.
  const rest = await llamaagent("runs", "tail", runId);
  expect(rest).toMatchObject({ code: 0, stderr: "" });
  expect(rest.stdout).toContain(" run.paused ");
  expect(rest.stdout).toContain('The tool said: {\\"sent\\":1}');
  expect(await llamaagent("runs", "show", runId)).toMatchObject({ code: 0, stderr: "" });
});

it("resume says which steps are left, and ends the run with abort", async () => {
  const { runId } = await waitingRun("write twice");
  expect(await llamaagent("runs", "resume", runId, FIRST, "--outcome", "done")).toEqual({
    code: 0,
    stdout: `${runId}  waiting\n`,
    stderr: hint(runId, SECOND),
  });
  const again = await llamaagent("runs", "resume", runId, FIRST, "--outcome", "not_done");
  expect(again.stderr).toContain("conflict: ");
  expect(again.stderr).toContain("\n  /step_key: ");
  expect(again).toMatchObject({ code: 1, stdout: "" });
  const abort = await llamaagent("runs", "resume", runId, SECOND, "--outcome", "abort", "--json");
  expect(abort).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(abort.stdout)).toMatchObject({
    run_id: runId,
    state: "ended",
    error: { code: "run_aborted" },
  });
  expect(await llamaagent("runs", "show", runId)).toMatchObject({ code: 0, stderr: "" });
});

it("resume of what is not there exits with 1", async () => {
  const none = await llamaagent("runs", "resume", NOT_ID, FIRST, "--outcome", "not_done");
  expect(none.stderr).toContain("not_found: ");
  expect(none).toMatchObject({ code: 1, stdout: "" });
});
