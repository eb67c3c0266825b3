import { CliError, EXIT } from "./cli-error.ts";

/** The sentence for a server that could not listen; other errors come back as they are. */
export function listenError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return error;
  const place = `${"address" in error ? String(error.address) : "HOST"}:${"port" in error ? String(error.port) : "PORT"}`;
  const sentences: Record<string, string> = {
    EADDRINUSE: `${place} is taken by another program: stop that one, or choose another port, e.g. PORT=8001 in the environment`,
    EACCES: `${place} needs more rights than this user has: choose a port above 1023, e.g. PORT=8000`,
    EADDRNOTAVAIL: `${place} is no address of this machine: correct HOST`,
    ENOTFOUND: "HOST is no address of this machine: correct it",
  };
  const sentence = sentences[String(error.code)];
  return sentence === undefined ? error : new CliError(sentence, EXIT.failed, { cause: error });
}
