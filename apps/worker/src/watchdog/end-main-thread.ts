import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";

/** A loop of JavaScript is interrupted at once; native code (a hash, a sleep) is not. */
const INTERRUPT_MS = 500;

/**
 * From a thread: ends the process while its main thread answers nothing. The debugger's protocol
 * interrupts a running loop and has it exit with our code; a signal could not carry one, and would not
 * end process 1 of a container. Native code is left to SIGKILL.
 * `onStopped` is told where the main thread stands: function and place of the innermost calls.
 */
export async function endMainThread(
  exitCode: number,
  onStopped: (at: string[]) => void,
): Promise<void> {
  const session = new Session();
  session.connectToMainThread();
  /** Paused frames name their script by id alone. */
  const urls = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
  const paused = new Promise<string[]>((resolve) => {
    session.once("Debugger.paused", ({ params }) =>
      resolve(
        params.callFrames
          .slice(0, 5)
          .map(
            ({ functionName, location }) =>
              `${functionName || "(anonymous)"} ${urls.get(location.scriptId) ?? ""}:${location.lineNumber + 1}`,
          ),
      ),
    );
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
  onStopped(await Promise.race([paused, sleep(INTERRUPT_MS, [])]));
  // Not process.exit: what listens for the end may stand in the way of it.
  session.post("Runtime.evaluate", { expression: `process.reallyExit(${exitCode})` });
  await sleep(INTERRUPT_MS);
  process.kill(process.pid, "SIGKILL");
}
