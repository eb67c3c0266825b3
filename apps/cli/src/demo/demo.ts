import { join } from "node:path";
import { type Client, createClient, isTerminalEvent } from "@llamaagent/client";
import { createLogger, logOptions } from "@llamaagent/observability";
import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import { goOnAfterStrayErrors } from "../commands/go-on-after-stray-errors.ts";
import { readEmbeddedConfiguration } from "../embedded/embedded-settings.ts";
import { firstStartLine, startEmbedded } from "../embedded/start-embedded.ts";
import { answerHint } from "../model-hint.ts";
import { runExitCode } from "../run-exit-code.ts";
import { createRunPrinter } from "../run-printer.ts";
import type { Upload } from "../upload.ts";
import { demoAgent } from "./demo-agent.ts";

export interface Demo {
  question: string;
  /** `provider/model`; the first configured one where absent. */
  model: string | undefined;
  upload: Upload;
}

/** A whole run on the embedded stack, over HTTP: agent, thread, file, stream, result. */
export async function demo(
  context: CliContext,
  { question, model, upload }: Demo,
): Promise<ExitCode> {
  const { env, terminal } = context;
  // A folder of its own: a server that runs beside it has the other one locked.
  const { settings: configured, registry } = await readEmbeddedConfiguration({
    LOG_LEVEL: "warn",
    LLAMAAGENT_AUTH: "off",
    ...env,
  });
  const settings = {
    ...configured,
    HOST: "127.0.0.1",
    LLAMAAGENT_AUTH: "off" as const,
    PORT: 0,
    LLAMAAGENT_DATA_DIR: join(configured.LLAMAAGENT_DATA_DIR, "demo"),
  };
  const logger = createLogger(logOptions(settings));
  using _going = goOnAfterStrayErrors(logger);
  const embedded = await startEmbedded({
    settings,
    registry,
    env,
    logger,
    onFirstStart: () => terminal.out(firstStartLine(settings.LLAMAAGENT_DATA_DIR), "dim"),
  });
  try {
    const client = createClient({ url: embedded.url });
    return await askAboutFile(context, client, {
      question,
      model: model ?? embedded.configuredModel,
      upload,
      url: embedded.url,
    });
  } finally {
    await embedded.close();
  }
}

async function askAboutFile(
  { terminal: { out, isOutLive }, signal }: CliContext,
  client: Client,
  { question, model, upload, url }: Demo & { model: string; url: string },
): Promise<ExitCode> {
  const agent = await demoAgent(client, model, signal);
  const { thread_id } = await client.threads.create({ metadata: { demo: true } }, { signal });
  const { path, content, mediaType } = upload;
  await client.threads.files.put(thread_id, path, content, { mediaType, signal });
  out(`LlamaAgent on ${url} · agent ${agent.name} · model ${agent.model}\n`, "dim");
  out(`File      ${path} (${content.length} bytes)\n`);
  out(`Question  ${question}\n\n`, "bold");

  const printer = createRunPrinter({ text: out, note: out, isLive: isOutLive });
  const request = { agent_id: agent.agent_id, thread_id, input: question };
  for await (const event of client.runs.stream(request, { signal })) {
    printer.print(event);
    if (!isTerminalEvent(event)) continue;
    const run = await client.runs.get(event.data.run_id, { signal });
    out(`\nResult    ${run.status}, ${run.stop_reason}\n`);
    out(`Run       ${url}/runs/${run.run_id}\n`);
    const hint = answerHint(printer.view);
    if (hint) out(`\n${hint}\n`, "yellow");
    out("\nTo keep a server running: npm start\n", "dim");
    return runExitCode(event);
  }
  return EXIT.failed;
}
