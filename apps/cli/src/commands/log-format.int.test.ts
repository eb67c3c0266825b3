import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnProcess } from "@llamaagent/testing/services/spawn-process";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { describe, expect, it } from "vitest";

// util-linux's `script`, which runs a command on a terminal of its own; others take other arguments.
describe.runIf(process.platform === "linux")("the log of a server on a terminal", () => {
  it.each([
    { command: "dev", line: /^\d\d:\d\d:\d\d\.\d{3} info +worker \S+ ready/ },
    { command: "dev --json", line: /^\{.*"msg":"worker \S+ ready"/ },
  ])("is for people, and JSON where that is asked for: $command", async ({ command, line }) => {
    const folder = await temporaryFolder("log-format");
    const server = await spawnProcess(
      "script",
      ["-qefc", `exec node apps/cli/bin/llamaagent.js ${command}`, "/dev/null"],
      {
        cwd: repositoryRoot,
        env: { ...process.env, PORT: "0", LLAMAAGENT_DATA_DIR: folder.path, LOG_LEVEL: "info" },
      },
    );
    await server.waitFor(/ready on http/, { timeoutSeconds: 60 });
    await server.kill("SIGTERM");
    await server.exited;
    expect(server.lines.filter((each) => line.test(each))).toHaveLength(1);
    await folder.remove();
  });
});
