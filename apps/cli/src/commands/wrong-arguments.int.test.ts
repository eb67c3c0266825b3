import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import { expect, it } from "vitest";

// Whatever reached a server would exit with 1 here: none answers.
const env = { LLAMAAGENT_URL: "http://127.0.0.1:1" };
const ID = "01900000-0000-7000-8000-000000000000";

it.each([
  [["runs"], "Usage: llamaagent runs"],
  [["runs", "no-such"], "unknown command 'no-such'"],
  [["runs", "list", "--status", "lost"], "Allowed choices are pending, success"],
  [["runs", "list", "--limit", "0"], "must be a whole number from 1"],
  [["runs", "list", "--limit", "5", "--all"], "cannot be used with option"],
  [["runs", "list", "--metadata", "team"], "must be key=value"],
  [["runs", "list", "too-many"], "too many arguments"],
  [["runs", "show"], "missing required argument 'run-id'"],
  [["runs", "list", "--state", "paused"], "Allowed choices are queued, running, waiting, ended"],
  [["runs", "list", "--stop-reason", "asleep"], "Allowed choices are completed, max_steps"],
  [["runs", "resume", ID, "--outcome", "done"], "missing required argument 'step-key'"],
  [["runs", "resume", ID, "model/0/tools/0"], "required option '--outcome <outcome>'"],
  [["runs", "resume", ID, "s", "--outcome", "maybe"], "Allowed choices are done, not_done, abort"],
  [["runs", "resume", ID, "s", "--outcome", "done", "--output", "{"], "must be JSON"],
  [["runs", "resume", ID, "s", "--outcome", "abort", "--output", "1"], "goes with --outcome done"],
  [["runs", "cancel"], "either ids of runs, or which to cancel"],
  [["runs", "cancel", ID, "--all"], "either ids of runs, or which to cancel"],
  [["runs", "retry"], "either ids of runs, or --dead"],
  [["runs", "retry", ID, "--dead"], "either ids of runs, or --dead"],
  [["runs", "retry", ID, "--reason", "error"], "--reason goes with --dead"],
  [["runs", "retry", "--dead", "--from-step", "model/0"], "--from-step is a step of one run"],
  [["runs", "dead", "--reason", "completed"], "Allowed choices are error"],
  [["runs", "dead", "--drop", ID, "--reason", "error"], "cannot be used with option '--reason"],
  [["runs", "dead", "--drop", ID, "--limit", "5"], "cannot be used with option '-n, --limit"],
  [["runs", "dead", "--drop", ID, "--all"], "cannot be used with option '--all'"],
  [["agents", "create", "no-such.json"], "no-such.json: no such file"],
  [["agents", "create", "docs"], "docs: cannot be read"],
  [["agents", "create", "README.md"], "README.md: is not JSON"],
  [["schedules", "create", "no-such.json"], "no-such.json: no such file"],
  [["schedules", "preview", "* * * * *", "--count", "x"], "must be a whole number from 1"],
  [["completion", "fish"], "Allowed choices are bash, zsh"],
])("%j exits with 2 and says why", async (args, reason) => {
  const { code, stdout, stderr } = await runLlamaAgent(args, env);
  expect(stderr).toContain(reason);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

it.each([
  [["runs", "list"]],
  [["runs", "cancel", ID]],
  [["runs", "retry", "--dead"]],
  [["agents", "delete", "reader", "writer"]],
  [["queue", "--json"]],
])("%j says that no server answers", async (args) => {
  const { code, stdout, stderr } = await runLlamaAgent(args, env);
  expect(stderr.match(/connection_failed: no answer from http:\/\/127\.0\.0\.1:1/g)).toHaveLength(
    1,
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
});
