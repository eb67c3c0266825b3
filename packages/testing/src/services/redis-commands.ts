import { Redis } from "ioredis";

export interface SentCommand {
  /** Unix milliseconds, of Redis's clock. */
  at: number;
  args: readonly string[];
}

export interface RecordedCommands {
  /** Their names in lower case, in order of arrival. */
  commands: string[];
  /** The same ones whole. */
  sent: SentCommand[];
  close(): void;
}

/** The commands that clients send to the logical database of the URL from now on; not those inside scripts. */
export async function recordRedisCommands(url: string): Promise<RecordedCommands> {
  const commands: string[] = [];
  const sent: SentCommand[] = [];
  // Without the ready check, whose INFO the answers of the monitor overtake.
  const redis = new Redis(url, { enableReadyCheck: false });
  const monitor = await redis.monitor();
  const database = new URL(url).pathname.slice(1) || "0";
  monitor.on("monitor", (time: string, args: string[], source: string, number: string) => {
    if (source === "lua" || number !== database) return;
    commands.push(args[0]?.toLowerCase() ?? "");
    sent.push({ at: Number(time) * 1000, args });
  });
  return {
    commands,
    sent,
    close: () => {
      redis.disconnect();
      monitor.disconnect();
    },
  };
}
