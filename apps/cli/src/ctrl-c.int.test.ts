import { delimiter, join } from "node:path";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnProcess } from "@llamaagent/testing/services/spawn-process";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { describe, expect, it } from "vitest";

const withoutOwnNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

describe.skipIf(process.platform === "win32")("Ctrl-C, which reaches a whole group", () => {
  it.each([
    { what: "npm start", command: "npm", args: ["start"], path: process.env["PATH"] },
    {
      what: "llamaagent under the Node of the machine",
      command: "node",
      args: [join(repositoryRoot, "apps/cli/bin/llamaagent.js"), "dev"],
      path: withoutOwnNode,
    },
  ])(
    "is passed on by those above the server, and ends it once: $what",
    { timeout: 90_000 },
    async ({ command, args, path }) => {
      const folder = await temporaryFolder("ctrl-c");
      const started = await spawnProcess(command, args, {
        cwd: repositoryRoot,
        detached: true,
        env: {
          ...process.env,
          PATH: path,
          PORT: "0",
          LLAMAAGENT_DATA_DIR: folder.path,
          LOG_LEVEL: "warn",
        },
      });
      const [, url = ""] = await started.waitFor(/ready on (http:\S+)/, { timeoutSeconds: 60 });
      // For a connection that stays open the server waits a second before it ends.
      const answer = await fetch(`${url}/health/live`);
      await answer.json();
      await started.kill("SIGINT");
      expect(await started.exited).toEqual({ code: 0, signal: null });
      expect(started.lines.filter((line) => line.startsWith("Stopping"))).toHaveLength(1);
      await folder.remove();
    },
  );
});
