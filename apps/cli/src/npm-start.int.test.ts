import { execFileSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnProcess } from "@llamaagent/testing/services/spawn-process";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { whenWeDie } from "@llamaagent/testing/services/watchdog";
import { expect, it } from "vitest";

it.skipIf(process.platform === "win32")(
  "npm start passes SIGTERM on to the server, which leaves no workspaces, not even a dead one's",
  async () => {
    const folder = await temporaryFolder("npm-start");
    const workspaces = join(folder.path, "workspaces");
    await mkdir(join(workspaces, "llamaagent-worker-killed/run"), { recursive: true });
    const npm = await spawnProcess("npm", ["start"], {
      cwd: repositoryRoot,
      env: { ...process.env, PORT: "0", LLAMAAGENT_DATA_DIR: folder.path, LOG_LEVEL: "warn" },
    });
    const [, url = ""] = await npm.waitFor(/ready on (http:\S+)/, { timeoutSeconds: 60 });
    const child = execFileSync("pgrep", ["-P", String(npm.pid)], { encoding: "utf8" }).trim();
    whenWeDie('kill -9 "$1"', [child]);
    try {
      const names = await readdir(workspaces);
      expect(names).toEqual([expect.stringMatching(/^llamaagent-worker-/)]);
      expect(names).not.toContain("llamaagent-worker-killed");
      process.kill(npm.pid, "SIGTERM");
      await expect
        .poll(() => fetch(`${url}/health/live`).catch(() => "gone"), { timeout: 10_000 })
        .toBe("gone");
      expect(await npm.exited).toEqual({ code: 0, signal: null });
      expect(await readdir(workspaces)).toEqual([]);
    } finally {
      // Where npm kept the signal to itself.
      execFileSync("sh", ["-c", `kill -9 ${child} 2>/dev/null || true`]);
      await folder.remove();
    }
  },
);
