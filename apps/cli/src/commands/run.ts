import { isLlamaAgentError, isTerminalEvent } from "@llamaagent/client";
import type { CliContext } from "../cli-context.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { clientOf } from "../client-settings.ts";
import { answerHint } from "../model-hint.ts";
import { noteReconnect } from "../output/note-reconnect.ts";
import { createRunPrinter } from "../run-printer.ts";
import { runExitCode } from "../run-exit-code.ts";
import { waitsForPerson } from "../unsettled-steps.ts";
import { readUpload } from "../upload.ts";

export interface RunOptions {
  agent?: string;
  file: string[];
  thread?: string;
  json?: boolean;
}

/** Starts a run on a server and prints its stream. */
export async function runCommand(
  { env, terminal, signal }: CliContext,
  question: string,
  options: RunOptions,
): Promise<ExitCode> {
  const { client, url } = clientOf(env);
  const uploads = await Promise.all(options.file.map(readUpload));
  if (new Set(uploads.map(({ path }) => path)).size < uploads.length)
    throw new CliError("--file: two files have the same name", EXIT.usage);

  let threadId = options.thread;
  if (uploads.length > 0) {
    threadId ??= (await client.threads.create({}, { signal })).thread_id;
    for (const { path, content, mediaType } of uploads) {
      terminal.note(`… uploading ${path}\n`, "dim");
      await client.threads.files.put(threadId, path, content, { mediaType, signal });
    }
  }

  const printer = createRunPrinter({
    text: terminal.out,
    note: terminal.note,
    isLive: terminal.isOutLive,
  });
  let runId: string | undefined;
  try {
    const events = client.runs.stream(
      {
        input: question,
        ...(options.agent === undefined ? {} : { agent_id: options.agent }),
        ...(threadId === undefined ? {} : { thread_id: threadId }),
      },
      { signal, onReconnect: noteReconnect(terminal) },
    );
    for await (const event of events) {
      if (runId === undefined) {
        terminal.note(`Run ${url}/runs/${event.data.run_id}\n`, "dim");
        if (threadId) terminal.note(`In thread ${threadId}: --thread goes on in it\n`, "dim");
      }
      runId = event.data.run_id;
      if (options.json) terminal.out(`${JSON.stringify(event)}\n`);
      else printer.print(event);
      if (await waitsForPerson({ client, terminal, signal }, event)) return EXIT.waiting;
      if (!isTerminalEvent(event)) continue;
      const hint = answerHint(printer.view);
      if (hint) terminal.note(`${hint}\n`, "yellow");
      return runExitCode(event);
    }
  } catch (error) {
    if (runId !== undefined && (signal.aborted || isLlamaAgentError(error)))
      terminal.note(`The run goes on without us: llamaagent runs tail ${runId}\n`);
    throw error;
  }
  return EXIT.failed;
}
