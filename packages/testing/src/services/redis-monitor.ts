import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";

export interface SentCommand {
  /** Unix milliseconds, of Redis's clock. */
  at: number;
  /** Those that are no plain ASCII are escaped as Redis prints them. */
  args: readonly string[];
  /** `address:port` of the client, or `lua` inside scripts. */
  source: string;
  /** Number of the logical database. */
  database: string;
}

/** As MONITOR prints one: `+1795933961.547258 [0 127.0.0.1:50718] "get" "key"`. */
const LINE = /^\+(\d+\.\d+) \[(\d+) (\S+)\] "(.*)"$/;

/**
 * Each command that Redis is sent from now on, until the returned function is called. Not by ioredis,
 * whose connection breaks where commands follow in the packet that acknowledges MONITOR: under load.
 */
export async function monitorRedis(
  url: string,
  onCommand: (command: SentCommand) => void,
): Promise<() => void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  // Redis went away: there is nothing more to see.
  socket.on("error", () => socket.destroy());
  const lines = createInterface({ input: socket });
  const acknowledged = once(lines, "line");
  lines.on("line", (line) => {
    const [, seconds, database, source, args] = LINE.exec(line) ?? [];
    if (database === undefined || source === undefined || args === undefined) return;
    const parts = args.split('" "').map((arg) => arg.replaceAll('\\"', '"'));
    onCommand({ at: Number(seconds) * 1000, args: parts, source, database });
  });
  socket.write("MONITOR\r\n");
  await acknowledged;
  return () => socket.destroy();
}
