import { styleText } from "node:util";

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
}

export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  const writer =
    (stream: NodeJS.WriteStream): Writer =>
    (text, style) => {
      // The style ends before the line does: a line feed inside it would colour the next one's rest.
      const [, line = "", feeds = ""] = /^([^]*?)(\n*)$/.exec(text) ?? [];
      stream.write(style === undefined ? text : styleText(style, line, { stream }) + feeds);
    };
  return {
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
