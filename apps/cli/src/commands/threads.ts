import type { Json, Message, Thread, ThreadState, ThreadSummary } from "@llamaagent/client";
import { type Command, Option } from "commander";
import { actOnEach } from "../act-on-each.ts";
import { examples } from "../arguments/examples.ts";
import { type JsonOption, jsonOption } from "../arguments/json-option.ts";
import { metadataOption } from "../arguments/metadata-option.ts";
import { type PageOptions, withPageOptions } from "../arguments/page-options.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { age } from "../output/age.ts";
import { block, details, jsonOf, textOf } from "../output/details.ts";
import { printPages } from "../output/print-pages.ts";
import { printOne } from "../output/print-one.ts";
import type { Column } from "../output/table.ts";
import { pageOf } from "../read-pages.ts";
import { type Remote, remoteOf } from "../remote.ts";

const ID = "0199a6f0-0000-7000-8000-000000000000";
const STATUSES = ["idle", "busy", "interrupted", "error"];

interface ThreadListOptions extends PageOptions {
  status?: Thread["status"];
  metadata?: Record<string, Json>;
}

export function addThreadsCommands(program: Command, { context, onExit }: CommandHost): void {
  const threads = program
    .command("threads")
    .description("find threads, look at them and delete them")
    .addHelpText("after", examples("llamaagent threads list --status busy"));

  withPageOptions(threads.command("list").description("threads, newest first"))
    .addOption(new Option("-s, --status <status>", "only threads so").choices(STATUSES))
    .addOption(metadataOption("only threads whose metadata contain this"))
    .addHelpText(
      "after",
      examples(
        "llamaagent threads list --status busy",
        "llamaagent threads list --metadata topic=caching --all --json",
      ),
    )
    .action(async (options: ThreadListOptions) => {
      await listThreads(remoteOf(context, options), options);
      onExit(EXIT.done);
    });

  threads
    .command("show")
    .description("a thread with its messages")
    .argument("<thread-id>")
    .addOption(jsonOption("one JSON document"))
    .addHelpText("after", examples(`llamaagent threads show ${ID}`))
    .action(async (threadId: string, options: JsonOption) => {
      const remote = remoteOf(context, options);
      printThread(remote, await remote.client.threads.get(threadId, remote));
      onExit(EXIT.done);
    });

  withPageOptions(
    threads
      .command("history")
      .description("what a thread was after each change, newest first")
      .argument("<thread-id>"),
  )
    .option("--before <checkpoint-id>", "only what is older than this")
    .addHelpText("after", examples(`llamaagent threads history ${ID} --limit 5`))
    .action(async (threadId: string, options: PageOptions & { before?: string }) => {
      await listHistory(remoteOf(context, options), threadId, options);
      onExit(EXIT.done);
    });

  threads
    .command("delete")
    .description("delete threads with their messages, files and runs")
    .argument("<thread-id...>")
    .addOption(jsonOption("a line of JSON for each"))
    .addHelpText("after", examples(`llamaagent threads delete ${ID}`))
    .action(async (ids: string[], options: JsonOption) => {
      const remote = remoteOf(context, options);
      const act = async (threadId: string) => {
        await remote.client.threads.delete(threadId, remote);
        return { outcome: "deleted" };
      };
      onExit(await actOnEach(remote, { ids, idField: "thread_id", noun: "threads", act }));
    });
}

const threadColumns: Column<ThreadSummary>[] = [
  { title: "THREAD", value: (thread) => thread.thread_id },
  { title: "STATUS", value: (thread) => thread.status },
  { title: "AGE", value: (thread) => age(thread.created_at) },
  { title: "METADATA", value: (thread) => jsonOf(thread.metadata), canShrink: true },
];

function listThreads(remote: Remote, options: ThreadListOptions): Promise<void> {
  const { status, metadata } = options;
  let offset = 0;
  return printPages(remote, options, {
    noun: "threads",
    columns: threadColumns,
    page: async (_, limit) => {
      const search = {
        ...(status === undefined ? {} : { status }),
        ...(metadata === undefined ? {} : { metadata }),
        limit,
        offset,
      };
      const found = await remote.client.threads.search(search, remote);
      offset += found.length;
      return pageOf(found, { limit, next: () => String(offset) });
    },
  });
}

const stateColumns: Column<ThreadState>[] = [
  { title: "CHECKPOINT", value: (state) => state.checkpoint.checkpoint_id },
  { title: "SOURCE", value: (state) => textOf(state.metadata["source"]) },
  { title: "MESSAGES", value: (state) => state.messages.length },
  { title: "AGE", value: (state) => age(state.created_at) },
  { title: "VALUES", value: (state) => jsonOf(state.values), canShrink: true },
];

function listHistory(
  remote: Remote,
  threadId: string,
  options: PageOptions & { before?: string },
): Promise<void> {
  return printPages(remote, options, {
    noun: "checkpoints",
    columns: stateColumns,
    page: async (before = options.before, limit) => {
      const page = { limit, before, signal: remote.signal };
      return pageOf(await remote.client.threads.history(threadId, page), {
        limit,
        next: (last) => last.checkpoint.checkpoint_id,
      });
    },
  });
}

function printThread(remote: Remote, thread: Thread): void {
  const text = details([
    ["thread", thread.thread_id],
    ["status", thread.status],
    ["created", thread.created_at],
    ["updated", thread.updated_at],
    ["metadata", jsonOf(thread.metadata)],
    ["values", jsonOf(thread.values)],
    ["earlier", thread.earlier_messages && `${thread.earlier_messages} messages, not shown`],
  ]);
  const messages = thread.messages.map((message) => block(message.role, messageText(message)));
  printOne(remote, { value: thread, text: text + messages.join("") });
}

function messageText({ content, tool_calls: calls = [] }: Message): string {
  const parts = typeof content === "string" ? [content] : content.map(partText);
  const called = calls.map((call) => `→ ${call.name} ${JSON.stringify(call.arguments)}`);
  return [...parts, ...called].filter((part) => part !== "").join("\n");
}

function partText(part: Exclude<Message["content"], string>[number]): string {
  return part.type === "text" ? part.text : JSON.stringify(part.json);
}
