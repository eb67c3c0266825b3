import { monitorRedis, type SentCommand } from "./redis-monitor.ts";

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
  const own = new URL(url).pathname.slice(1) || "0";
  const close = await monitorRedis(url, (command) => {
    if (command.source === "lua" || command.database !== own) return;
    commands.push(command.args[0]?.toLowerCase() ?? "");
    sent.push(command);
  });
  return { commands, sent, close };
}
