import { styleText } from "node:util";
import { EXIT } from "./cli-error.ts";

type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";
export type Writer = (text: string, style?: Style) => void;

/** Where a command prints. Styles are dropped where the stream is no terminal or NO_COLOR is set. */
export interface Terminal {
  /** What was asked for; what a pipe gets. */
  out: Writer;
  /** Progress, hints and errors. */
  note: Writer;
  /** Whether `out` is read by a person as it comes; a pipe or a file keeps all that was written. */
  isOutLive: boolean;
  /** Characters in a line of `out`, where it is a terminal. */
  columns?: number | undefined;
  /** Called by what changes things one after the other: it goes on where nobody reads what it prints any more. */
  finishUnread: () => void;
}

/** Ends the process where a stream fails; where only its reader has gone, as `head` does, that is no fault. */
export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  const writer =
    (stream: NodeJS.WriteStream): Writer =>
    (text, style) => {
      // The style ends before the line does: a line feed inside it would colour the next one's rest.
      const [, line = "", feeds = ""] = /^([^]*?)(\n*)$/.exec(text) ?? [];
      stream.write(style === undefined ? text : styleText(style, line, { stream }) + feeds);
    };
  let goesOn = false;
  let isUnread = false;
  for (const stream of [stdout, stderr])
    stream.on("error", ({ code }: NodeJS.ErrnoException) => {
      isUnread ||= code === "EPIPE";
      if (!isUnread || !goesOn) process.exit(isUnread ? EXIT.done : EXIT.failed);
    });
  return {
    finishUnread: () => {
      goesOn = true;
    },
    out: writer(stdout),
    note: writer(stderr),
    isOutLive: Boolean(stdout.isTTY),
    // Some terminals say 0.
    columns: stdout.columns || undefined,
  };
}

/** Without what could move the cursor or change the terminal: models and tools write anything. */
export function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** One line of at most so many characters. */
export function oneLine(text: string, maxLength: number): string {
  const line = withoutControls(text.replaceAll(/\s+/g, " ").trim());
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}
