import type { LlamaAgentError } from "@llamaagent/client";
import type { Terminal } from "../terminal.ts";

/** What a server refused, and where it points to in what was sent; `of` says of several which one. */
export function noteProblem(
  { note }: Pick<Terminal, "note">,
  { code, detail, errors }: LlamaAgentError,
  of = "",
): void {
  note(`${of}${code}: ${detail}\n`, "red");
  if (code === "unauthorized") note("  LLAMAAGENT_API_KEY holds the key that is sent\n");
  for (const { pointer, message } of errors) note(`  ${pointer}: ${message}\n`);
}
