import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";

const EffectCall = z.object({
  tool: z.string(),
  label: z.string(),
  key: z.string(),
  /** Of the process that called. */
  pid: z.number(),
});
export type EffectCall = z.infer<typeof EffectCall>;

/** Who was called, with which idempotency key, when; `begun` as the call comes in, `done` with its effect. */
export interface EffectLine extends EffectCall {
  phase: "begun" | "done";
  /** Of this server's clock, in Unix milliseconds. */
  at: number;
}

export interface EffectServer {
  /** For the tools of the effects plug-in. */
  url: string;
  lines: readonly EffectLine[];
  close(): Promise<void>;
}

/**
 * The world on which tools act: it keeps what it was told, so that every call can be counted afterwards,
 * and outlives the processes that are killed. `file` gets each line too.
 */
export async function startEffectServer(options: { file?: string } = {}): Promise<EffectServer> {
  const lines: EffectLine[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = `${request.method} ${request.url}`;
    if (asked === "GET /lines") return void response.end(JSON.stringify(lines));
    const phase = asked === "POST /begun" ? "begun" : asked === "POST /done" ? "done" : undefined;
    if (phase === undefined) return void response.writeHead(404).end();
    const line: EffectLine = {
      ...EffectCall.parse(await json(request)),
      phase,
      at: Date.now(),
    };
    lines.push(line);
    if (options.file !== undefined) appendFileSync(options.file, `${JSON.stringify(line)}\n`);
    response.writeHead(204).end();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    lines,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The lines of an effect server, wherever its process is. */
export async function readEffects(url: string): Promise<EffectLine[]> {
  const answer = await fetch(`${url}/lines`);
  return (await answer.json()) as EffectLine[]; // as our own server wrote them
}
