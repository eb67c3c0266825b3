import { type Message, messageText, type ToolCall } from "@llamaagent/core";
import { z } from "zod";

/** What the tools answered since the question was asked. */
export interface Observations {
  /** Undefined until `list_files` answered. */
  listing: { path: string; sizeBytes: number }[] | undefined;
  /** Per searched text: path → numbers of the lines that hold it. */
  matches: Map<string, Map<string, Set<number>>>;
  files: Map<string, ReadFile>;
  /** Path → what `read_file` said instead: it is binary, gone, … */
  unreadable: Map<string, string>;
  /** Answers so far that asked for files to be read. */
  readRounds: number;
  /** Every call that was answered, the failed ones too. */
  answers: { call: ToolCall; output: unknown; failed: boolean }[];
}

interface ReadFile {
  /** Line number → text, without the line break. */
  lines: Map<number, string>;
  totalLines: number;
  /** A line that is longer than `read_file` gives, and where it stops. */
  cut: { line: number; characters: number } | undefined;
  /** It was asked for without a range. */
  isWhole: boolean;
}

const Listing = z.object({
  files: z.array(z.object({ path: z.string(), size_bytes: z.number().catch(0) })),
});
const Matches = z.object({
  matches: z.array(z.object({ path: z.string(), line: z.number().int().positive() })),
});
const Pages = z.object({
  path: z.string().optional(),
  start_line: z.number().int().positive().catch(1),
  total_lines: z.number().int().min(0).optional().catch(undefined),
  truncated: z.boolean().catch(false),
  text: z.string(),
});
const Failure = z.object({
  error: z.object({ code: z.string(), message: z.string().catch("It cannot be read") }),
});
const CallArguments = z.object({
  path: z.string().catch(""),
  query: z.string().catch(""),
  start_line: z.number().int().positive().optional().catch(undefined),
});

/** Reads the tool messages that answer the calls in `messages`. */
export function observe(messages: readonly Message[]): Observations {
  const calls = new Map(
    messages.flatMap((message) => message.tool_calls?.map((call) => [call.id, call]) ?? []),
  );
  const seen: Observations = {
    listing: undefined,
    matches: new Map(),
    files: new Map(),
    unreadable: new Map(),
    readRounds: messages.filter((m) => m.tool_calls?.some((c) => c.name === "read_file")).length,
    answers: [],
  };
  for (const message of messages) {
    const call = message.role === "tool" ? calls.get(message.tool_call_id ?? "") : undefined;
    if (!call) continue;
    const output = parseOutput(messageText(message));
    const failure = Failure.safeParse(output).data?.error;
    seen.answers.push({ call, output, failed: failure !== undefined });
    if (!failure) note(seen, call, output);
    else if (call.name === "read_file")
      seen.unreadable.set(CallArguments.parse(call.arguments).path, failure.message);
  }
  return seen;
}

function note(seen: Observations, call: ToolCall, output: unknown): void {
  const given = CallArguments.catch({ path: "", query: "" }).parse(call.arguments);
  if (call.name === "list_files") {
    const listing = Listing.safeParse(output).data?.files ?? [];
    seen.listing = listing.map((file) => ({ path: file.path, sizeBytes: file.size_bytes }));
  } else if (call.name === "search_files") {
    const byPath = new Map<string, Set<number>>();
    for (const { path, line } of Matches.safeParse(output).data?.matches ?? [])
      byPath.set(path, (byPath.get(path) ?? new Set()).add(line));
    seen.matches.set(given.query, byPath);
  } else if (call.name === "read_file") {
    // A tool of another make may answer with nothing but the text.
    const plain = { text: output, start_line: given.start_line ?? 1, truncated: false };
    const page = Pages.safeParse(typeof output === "string" ? plain : output).data;
    if (page) addPage(seen, page, { path: given.path, isWhole: given.start_line === undefined });
  }
}

function addPage(
  seen: Observations,
  page: z.infer<typeof Pages>,
  asked: { path: string; isWhole: boolean },
): void {
  const path = page.path ?? asked.path;
  const lines = page.text === "" ? [] : page.text.replace(/\r?\n$/, "").split(/\r?\n/);
  const file = seen.files.get(path) ?? {
    lines: new Map<number, string>(),
    totalLines: 0,
    cut: undefined,
    isWhole: false,
  };
  file.isWhole ||= asked.isWhole;
  lines.forEach((text, index) => file.lines.set(page.start_line + index, text));
  const [only, ...others] = lines;
  if (page.truncated && only !== undefined && others.length === 0)
    file.cut = { line: page.start_line, characters: only.length };
  const lastRead = page.start_line + lines.length - 1;
  file.totalLines = Math.max(file.totalLines, page.total_lines ?? lastRead);
  seen.files.set(path, file);
}

function parseOutput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
