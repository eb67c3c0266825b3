import { spawn } from "node:child_process";

/**
 * Has a shell run `script` when this process dies, also by `kill -9`: the shell waits for the end
 * of a pipe whose other end we hold. `args` are its `$1`, `$2` … Returns what calls it off.
 */
export function whenWeDie(script: string, args: readonly string[]): () => void {
  const shell = spawn("/bin/sh", ["-c", `read -r _; ${script}`, "watchdog", ...args], {
    stdio: ["pipe", "ignore", "ignore"],
    // A session of its own: Ctrl-C in the terminal must not end it before its work is done.
    detached: true,
  });
  shell.on("error", () => {}); // no /bin/sh: then only an orderly end cleans up
  shell.unref();
  // Typed as a Writable, it is a socket; unless unrefed it holds the event loop open.
  (shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return () => void shell.kill("SIGKILL");
}
