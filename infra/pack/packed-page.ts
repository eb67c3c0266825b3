import { createReadStream, existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";

const Package = z.object({ exports: z.object({ ".": z.object({ default: z.string() }) }) });
const Report = z.union([z.object({ result: z.unknown() }), z.object({ fault: z.string() })]);

export interface PackedPage {
  path: string;
  /** Answers what belongs to the page; true for that. */
  serve: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** What the scenario in the page came to; rejects with its fault. */
  report: Promise<unknown>;
}

/** A page without a bundler: the packed client is found by an import map, in the project's folder. */
export function createPackedPage(folder: string): PackedPage {
  const installed = "node_modules/@llamaagent/client";
  const manifest: unknown = JSON.parse(
    readFileSync(join(folder, installed, "package.json"), "utf8"),
  );
  const entry = `/packed/${join(installed, Package.parse(manifest).exports["."].default)}`;
  const imports = JSON.stringify({ imports: { "@llamaagent/client": entry } });
  const page = `<!doctype html>
    <script type="importmap">${imports}</script>
    <script type="module">
      const report = (body) => fetch("/packed/report", { method: "POST", body: JSON.stringify(body) });
      try {
        const { clientScenario } = await import("/packed/scenario.js");
        await report({ result: await clientScenario(location.origin) });
      } catch (error) {
        await report({ fault: String(error?.stack ?? error) });
      }
    </script>`;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();

  async function take(request: IncomingMessage): Promise<void> {
    const reported = Report.parse(JSON.parse(await text(request)));
    if ("fault" in reported) reject(new Error(reported.fault));
    else resolve(reported.result);
  }

  return {
    path: "/packed/",
    report: promise,
    serve(request, response) {
      const path = request.url ?? "";
      if (!path.startsWith("/packed/")) return false;
      const file = join(folder, normalize(path.slice("/packed".length)));
      if (path === "/packed/report") {
        take(request).catch(reject);
        response.end();
      } else if (path === "/packed/") {
        response.setHeader("content-type", "text/html").end(page);
      } else if (existsSync(file)) {
        response.setHeader("content-type", "text/javascript");
        createReadStream(file).pipe(response);
      } else {
        response.writeHead(404).end();
      }
      return true;
    },
  };
}
