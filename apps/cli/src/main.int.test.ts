import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createClient } from "@llamaagent/client";
import { runLlamaAgent, runScript } from "@llamaagent/testing/run-llamaagent";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnProcess } from "@llamaagent/testing/services/spawn-process";
import {
  type TemporaryFolder,
  temporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("llamaagent", () => {
  const bin = join(repositoryRoot, "apps/cli/bin/llamaagent.js");
  const withoutOwnNode = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .join(delimiter);

  it("starts under the Node of the machine, by the one that npm installed", () => {
    const help = execFileSync("node", [bin, "--help"], {
      env: { ...process.env, PATH: withoutOwnNode },
      encoding: "utf8",
    });
    expect(help).toContain("Usage: llamaagent");
    expect(help).toContain("Exit codes:");
  });

  it("leaves nobody behind where the process that was started is killed", async () => {
    const folder = await temporaryFolder("killed");
    const started = await spawnProcess("node", [bin, "dev"], {
      env: {
        ...process.env,
        PATH: withoutOwnNode,
        PORT: "0",
        LLAMAAGENT_DATA_DIR: folder.path,
        LOG_LEVEL: "warn",
      },
    });
    await started.waitFor(/ready on/);
    // Resolves when nobody has its output open any more: the one that it started too is gone.
    await started.kill("SIGKILL");
    await folder.remove();
  }, 45_000);

  it.each([
    [["run"], "missing required argument 'question'"],
    [["rnu", "x"], "unknown command 'rnu'"],
    [["run", "--file", "no-such-file", "x"], "--file no-such-file: no such file"],
    [["run", "--file", "docs", "x"], "--file docs: is not a file"],
    [["run", "--file", "README.md", "--file", "./README.md", "x"], "two files have the same name"],
  ])("%j exits with 2 and says why", async (args, reason) => {
    const { code, stderr, stdout } = await runLlamaAgent(args);
    expect(stderr).toContain(reason);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("says that no server answers", async () => {
    const env = { LLAMAAGENT_URL: "http://127.0.0.1:1" };
    const { code, stderr } = await runLlamaAgent(["runs", "tail", "x"], env);
    expect(stderr).toContain("connection_failed: no answer from http://127.0.0.1:1");
    expect(stderr).toContain("npm start");
    expect(code).toBe(1);
  });

  it("says its version", async () => {
    expect(await runLlamaAgent(["--version"])).toMatchObject({ code: 0, stdout: "0.1.0\n" });
  });

  it.each(["dev", "api", "worker"])("%s lists every fault of the environment", async (command) => {
    const folder = await temporaryFolder("faults");
    const data = join(folder.path, "data");
    const { code, stderr } = await runLlamaAgent([command], {
      ...(command === "dev" ? {} : { DATABASE_URL: "mysql://x" }),
      ...(command === "worker" ? {} : { HOST: "0.0.0.0", LLAMAAGENT_AUTH: "off" }),
      PORT: "abc",
      WORKER_SLOTS: "-1",
      LOG_LEVEL: "loud",
      OPENAI_BASE_URL: "nope",
      OLLAMA_URL: "xx",
      LLAMAAGENT_PLUGINS: "./nope.ts",
      LLAMAAGENT_DATA_DIR: data,
    });
    const port = "PORT: must be a whole number from 0 to 65535";
    const key = "LLAMAAGENT_AUTH: must not be `off` where HOST is not a loopback address";
    const slots = "WORKER_SLOTS: must be a whole number from 1 to 1000";
    const database = "DATABASE_URL: must be a postgres:// or postgresql:// URL";
    const redis = "REDIS_URL: is not set";
    const own = {
      dev: [port, key, slots],
      api: [port, key, database, redis],
      worker: [slots, database, redis],
    }[command];
    const faults = stderr.trim().split("\n  ").slice(1);
    expect(faults).toHaveLength((own ?? []).length + 4);
    expect(faults).toEqual(
      expect.arrayContaining([
        ...(own ?? []),
        "LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent",
        "OPENAI_BASE_URL: must be an http or https URL",
        "OLLAMA_URL: must be an http or https URL",
        expect.stringMatching(/^LLAMAAGENT_PLUGINS: \.\/nope\.ts: cannot be imported: /),
      ]),
    );
    expect(code).toBe(1);
    expect(existsSync(data)).toBe(false);
    await folder.remove();
  });

  it.each([
    [{ LLAMAAGENT_PLUGINS: "./nope.ts" }, "./nope.ts: cannot be imported"],
    [{ OPENAI_BASE_URL: "nope" }, "OPENAI_BASE_URL: must be an http or https URL"],
  ])("dev makes no folder where %j", async (fault, reason) => {
    const folder = await temporaryFolder("fault");
    const data = join(folder.path, "data");
    const env = { PORT: "0", LLAMAAGENT_DATA_DIR: data, ...fault };
    const { code, stderr } = await runLlamaAgent(["dev"], env);
    expect(stderr).toContain(reason);
    expect(code).toBe(1);
    expect(existsSync(data)).toBe(false);
    await folder.remove();
  });

  it.skipIf(process.platform === "win32").each(["a\\b.md", "a\nb.md"])(
    "refuses to send %j, before anything is started",
    async (name) => {
      const folder = await temporaryFolder("name");
      const path = join(folder.path, name);
      await writeFile(path, "x");
      const run = await runLlamaAgent(["run", "--file", path, "x"]);
      const demo = await runScript("apps/cli/src/demo/main.ts", ["--file", path]);
      await folder.remove();
      const reason = "its name holds a control character or a backslash\n";
      expect(run.stderr).toContain(reason);
      expect(demo).toMatchObject({ code: 2, stdout: "", stderr: run.stderr });
      expect(run.code).toBe(2);
    },
  );

  it("dev refuses a database that it would not use", async () => {
    const { code, stderr } = await runLlamaAgent(["dev"], {
      DATABASE_URL: "postgres://127.0.0.1/x",
      REDIS_URL: "redis://127.0.0.1",
    });
    expect(stderr).toContain("DATABASE_URL and REDIS_URL are set");
    expect(code).toBe(1);
  });
});

describe("llamaagent beside an embedded server", () => {
  let server: EmbeddedServer;
  let env: { LLAMAAGENT_URL: string };
  beforeAll(async () => {
    server = await startEmbeddedServer({});
    env = { LLAMAAGENT_URL: server.urls[0] ?? "" };
  });
  afterAll(() => server.close());

  it("run sends the answer to stdout, the rest to stderr", async () => {
    const { code, stdout, stderr } = await runLlamaAgent(["run", "What is 6 * 7?"], env);
    expect(stdout).toBe("6 * 7 = 42\n");
    expect(stderr).toMatch(new RegExp(`^Run ${env.LLAMAAGENT_URL}/runs/[0-9a-f-]{36}\n`));
    expect(stderr).toContain(
      '→ calculator {"expression":"6 * 7"}\n← calculator(6 * 7) {"result":42}\n',
    );
    expect(stderr).toMatch(
      /✓ completed · tokens: \d+ in, \d+ out\noffline\/extractive answers: .*\n$/,
    );
    expect(code).toBe(0);
  });

  it("run uploads a file for the agent to read", async () => {
    const question = "How fast is a worker's death noticed?";
    const { code, stdout } = await runLlamaAgent(
      ["run", "--file", "docs/durability.md", question],
      env,
    );
    expect(stdout).toContain(
      "A worker's death is noticed and its runs go on elsewhere within 15 s",
    );
    expect(code).toBe(0);
  });

  it("run goes on in a thread that it named, with the files there", async () => {
    const args = ["run", "--file", "docs/durability.md", "What does the file say first?"];
    const first = await runLlamaAgent(args, env);
    const [, thread = ""] = /In thread (\S+): --thread goes on in it/.exec(first.stderr) ?? [];
    const question = "How fast is a worker's death noticed?";
    const second = await runLlamaAgent(["run", "--thread", thread, question], env);
    expect(second.stdout).toContain("its runs go on elsewhere within 15 s");
    expect(second.stderr).toContain(`In thread ${thread}`);
    const shown = await runLlamaAgent(["threads", "show", thread, "--json"], env);
    const { messages } = JSON.parse(shown.stdout) as { messages: { role: string }[] };
    expect(messages.filter(({ role }) => role === "user")).toHaveLength(2);
    const missing = await runLlamaAgent(["run", "--thread", "0", "x"], env);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("thread_id");
  });

  it("run prints events as JSON, and runs tail reads on after one of them", async () => {
    const run = await runLlamaAgent(["run", "--json", "What is 6 * 7?"], env);
    const events = run.stdout
      .trim()
      .split("\n")
      .map((line): { id: string; type: string; data: { run_id: string } } => JSON.parse(line));
    expect(events[0]).toMatchObject({ id: "0-1", type: "run.queued" });
    expect(events.at(-1)).toMatchObject({ type: "run.completed" });

    const runId = events[0]?.data.run_id ?? "";
    const tail = await runLlamaAgent(["runs", "tail", runId, "--after", "1-1", "--json"], env);
    expect(tail.stdout).toBe(run.stdout.split("\n").slice(2).join("\n"));
    expect(tail.code).toBe(0);

    const last = events.at(-1)?.id ?? "";
    const nothing = await runLlamaAgent(["runs", "tail", runId, "--after", last], env);
    expect(nothing).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("runs tail after the last event of a run that failed exits with 1", async () => {
    const client = createClient({ url: env.LLAMAAGENT_URL });
    const { run_id: runId } = await client.runs.create({ input: "x", after_seconds: 3600 });
    await client.runs.cancel(runId);
    const all = await runLlamaAgent(["runs", "tail", runId, "--json"], env);
    const { id: last } = JSON.parse(all.stdout.trim().split("\n").at(-1) ?? "") as { id: string };
    const nothing = await runLlamaAgent(["runs", "tail", runId, "--after", last], env);
    expect([all.code, nothing]).toEqual([1, { code: 1, stdout: "", stderr: "" }]);
  });

  it("shows the pointers of a refused request", async () => {
    const { code, stderr } = await runLlamaAgent(["run", "--agent", "no-such-agent", "x"], env);
    expect(stderr).toContain("not_found:");
    expect(code).toBe(1);
    const tail = await runLlamaAgent(["runs", "tail", "no-id"], env);
    expect(tail.stderr).toContain("/path/run_id:");
    expect(tail.code).toBe(1);
  });

  it("a second server says that the port is taken", async () => {
    const port = new URL(env.LLAMAAGENT_URL).port;
    const folder = await temporaryFolder("second-server");
    const { code, stderr } = await runLlamaAgent(["dev"], {
      PORT: port,
      LLAMAAGENT_DATA_DIR: folder.path,
    });
    await folder.remove();
    expect(stderr).toContain(`127.0.0.1:${port} is taken by another program`);
    expect(code).toBe(1);
  });
});

describe("llamaagent dev", () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder("dev");
  });
  afterAll(() => folder.remove());

  it(
    "prints what to try, keeps others off its folder, and stops with 0 when told to",
    {
      timeout: 120_000, // three starts
    },
    async () => {
      const env = { PORT: "0", LLAMAAGENT_DATA_DIR: folder.path, LOG_LEVEL: "warn" };
      const dev = await spawnNode(["apps/cli/src/main.ts", "dev"], { cwd: repositoryRoot, env });
      const [, url = ""] = await dev.waitFor(/ready on (http:\S+)/);
      await dev.waitFor(/stop: Ctrl-C/);
      const curl = dev.lines.find((line) => line.includes("/runs/stream")) ?? "";
      const stream = execFileSync("sh", ["-c", curl], { encoding: "utf8", stdio: "pipe" });
      expect(curl).toContain(url);
      expect(stream).toContain("event: run.completed");

      const second = await runLlamaAgent(["dev"], env);
      expect(second.stderr).toContain("is in use by another LlamaAgent process");
      expect(second.code).toBe(1);
      const doctor = await runLlamaAgent(["doctor"], env);
      expect(doctor.stdout).toContain("is in use: a server is running on it");
      expect(doctor.stdout).toContain("\n! kept but 3. A worker's death is noticed");
      expect(doctor.code).toBe(0);

      await dev.kill("SIGTERM");
      expect(await dev.exited).toEqual({ code: 0, signal: null });
      const after = await runLlamaAgent(["doctor", "--json"], env);
      const found: {
        checks: { check: string; status: string }[];
        promises: { verdict: string }[];
      } = JSON.parse(after.stdout);
      expect(found.checks.map(({ check, status }) => `${check}: ${status}`)).toEqual([
        "node: ok",
        "topology: ok",
        "environment: ok",
        "plug-ins: ok",
        "model: warn",
        "master keys: ok",
        "certificate: ok",
        "transport: ok",
        "data directory: ok",
        "database: ok",
        "schema: ok",
        "partitions: ok",
        "commits: warn",
        "disk: ok",
      ]);
      expect(found.promises.map(({ verdict }) => verdict)).toEqual([
        "kept_with_condition",
        "kept_with_condition",
        "kept_with_condition",
        "kept",
        "kept_with_condition",
        "kept_with_condition",
      ]);
      expect(after.code).toBe(0);
    },
  );
});
