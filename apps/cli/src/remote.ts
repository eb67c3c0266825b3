import type { Client } from "@llamaagent/client";
import type { JsonOption } from "./arguments/json-option.ts";
import type { CliContext } from "./cli-context.ts";
import { clientOf } from "./client-settings.ts";
import type { Terminal } from "./terminal.ts";

/** What a command that asks a server works with. */
export interface Remote {
  client: Client;
  terminal: Terminal;
  signal: AbortSignal;
  isJson: boolean;
}

export function remoteOf({ env, terminal, signal }: CliContext, { json }: JsonOption): Remote {
  return { client: clientOf(env).client, terminal, signal, isJson: json === true };
}
