import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { spawnProcess } from "../services/spawn-process.ts";
import { temporaryFolder } from "../services/temporary-folder.ts";
import { chromiumOptions } from "../test-binaries/chromium-options.ts";

const Report = z.union([z.object({ result: z.unknown() }), z.object({ fault: z.string() })]);

/** A server with one empty page. */
export interface TestPage {
  /** As a browser sends it. */
  origin: string;
  /**
   * Opens the page in Chromium, by the path of its program, and calls a function in it, of which nothing but its
   * own text and the input is there. What it resolves with, as JSON; rejects with what it throws.
   */
  run<Input>(
    chromium: string,
    script: (input: Input) => Promise<unknown>,
    input: Input,
  ): Promise<unknown>;
  close(): Promise<void>;
}

export async function createTestPage(): Promise<TestPage> {
  let page = "";
  let reported = Promise.withResolvers<unknown>();
  async function take(request: IncomingMessage): Promise<void> {
    const report = Report.parse(JSON.parse(await text(request)));
    if ("fault" in report) reported.reject(new Error(report.fault));
    else reported.resolve(report.result);
  }
  const server = createServer((request, response) => {
    if (request.url === "/report") {
      take(request).catch(reported.reject);
      response.end();
    } else if (request.url === "/") response.setHeader("content-type", "text/html").end(page);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a port, not a path

  return {
    origin,
    async run(chromium, script, input) {
      reported = Promise.withResolvers();
      page = `<!doctype html><meta charset="utf-8"><script type="module">
        const report = (body) => fetch("/report", { method: "POST", body: JSON.stringify(body) });
        try {
          await report({ result: await (${script.toString()})(${JSON.stringify(input)}) });
        } catch (error) {
          await report({ fault: String(error?.stack ?? error) });
        }
      </script>`;
      await using stack = new AsyncDisposableStack();
      const profile = await temporaryFolder("chromium");
      stack.defer(() => profile.remove());
      const browser = await spawnProcess(
        chromium,
        [...chromiumOptions(profile.path), `${origin}/`],
        { detached: true },
      );
      stack.defer(() => browser.kill());
      const died = browser.exited.then(() => {
        throw new Error(`Chromium ended\n${browser.lines.join("\n")}`);
      });
      // Awaited: what the stack has is closed at the return.
      return await Promise.race([reported.promise, died]);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
