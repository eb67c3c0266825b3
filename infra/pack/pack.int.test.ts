import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { documentSnippet } from "@llamaagent/testing/architecture/document-snippets";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPackedConsumer, repository, userEnvironment as env } from "./packed-consumer.ts";

const run = promisify(execFile);
let copy: string;
let consumer: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ copy, folder: consumer, remove } = await createPackedConsumer(["core", "client"]));
});

afterAll(() => remove?.());

it.each(["core", "client"])("the packed %s has its page and its licence", async (name) => {
  const installed = join(consumer, "node_modules/@llamaagent", name);
  expect((await readdir(installed)).toSorted()).toEqual([
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
  ]);
  expect(await readdir(join(installed, "dist"))).not.toContain("LICENSE");
});

it.each(["core", "client"])("packing leaves the folder of %s as it was", async (name) => {
  const original = join(repository, "packages", name);
  const packed = join(copy, "packages", name);
  expect(await readdir(packed)).not.toContain("LICENSE");
  expect(await readFile(join(packed, "package.json"), "utf8")).toBe(
    await readFile(join(original, "package.json"), "utf8"),
  );
});

it("the example on the client's page prints what the server streams", async () => {
  const server = await cutStreamServer();
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const example = documentSnippet("packages/client/README.md", "stream");
  expect(example).toContain("localhost:8000");
  await writeFile(
    join(consumer, "example.js"),
    example.replace("localhost:8000", `127.0.0.1:${port}`),
  );
  const { stdout } = await run("node", ["example.js"], { cwd: consumer, env });
  server.close();
  expect(stdout).toBe("done\ncompleted\n");
});

it("the packed client reads a stream over a cut connection, under the Node of the machine", async () => {
  const server = await cutStreamServer();
  const script = `
    import { createClient, createRunViewer } from "@llamaagent/client";
    const client = createClient({ url: process.argv[2] });
    const viewer = createRunViewer();
    const ids = [];
    for await (const event of client.runs.stream({ input: "hi" })) {
      ids.push(event.id);
      viewer.apply(event);
    }
    console.log(JSON.stringify({ ids, output: viewer.view.output }));`;
  await writeFile(join(consumer, "stream.js"), script);
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const { stdout } = await run("node", ["stream.js", `http://127.0.0.1:${port}`], {
    cwd: consumer,
    env,
  });
  server.close();
  expect(JSON.parse(stdout)).toEqual({ ids: ["0-1", "1-1", "1-2", "1-3"], output: "done" });
});

it("the plug-in on the core's page, written against the packed core, is loaded and runs", async () => {
  await writeFile(
    join(consumer, "word-count.js"),
    documentSnippet("packages/core/README.md", "plugin"),
  );
  await writeFile(
    join(consumer, "load.js"),
    `import { createPluginRegistry, loadPlugins } from "@llamaagent/core";
     const registry = createPluginRegistry(await loadPlugins(["./word-count.js"], process.cwd()));
     console.log(await registry.tools.get("word_count").execute({ text: "one two three" }));`,
  );
  const { stdout } = await run("node", ["load.js"], { cwd: consumer, env });
  expect(stdout).toBe("3\n");
});

it("the packed types hold for a strict project without Node's types", async () => {
  await writeFile(
    join(consumer, "typed.ts"),
    `import { createClient, LlamaAgentError, type Run, type RunEvent } from "@llamaagent/client";
     const client = createClient({ url: "http://127.0.0.1:1", retry: { attempts: 1 } });
     export async function texts(run: Run): Promise<string[]> {
       const found: string[] = [];
       for await (const event of client.runs.stream(run.run_id))
         if (event.type === "message.delta") found.push(event.data.text);
       return found;
     }
     export const codeOf = (error: unknown) => (error instanceof LlamaAgentError ? error.code : undefined);
     // @ts-expect-error: this event has no text
     export const wrong = (event: Extract<RunEvent, { type: "run.queued" }>) => event.data.text;`,
  );
  await writeFile(
    join(consumer, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        target: "es2022",
        module: "nodenext",
        lib: ["es2022", "dom", "dom.asynciterable"],
        types: [],
      },
      files: ["typed.ts"],
    }),
  );
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  await expect(run(process.execPath, [tsc, "-p", "."], { cwd: consumer })).resolves.toMatchObject({
    stdout: "",
  });
});

/** Cuts the first answer in the middle of an event. */
async function cutStreamServer(): Promise<Server> {
  const events = [
    'id: 0-1\nevent: run.queued\ndata: {"run_id":"r","at":"t"}\n\n',
    'id: 1-1\nevent: run.started\ndata: {"run_id":"r","at":"t"}\n\n',
    'id: 1-2\nevent: message.delta\ndata: {"run_id":"r","at":"t","message_id":"m","text":"done"}\n\n',
    'id: 1-3\nevent: run.completed\ndata: {"run_id":"r","at":"t","stop_reason":"completed","output":"done"}\n\n',
  ];
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (request.headers["last-event-id"] === "0-1") return response.end(events.slice(1).join(""));
    return response.write(`${events[0]}${events[1]?.slice(0, 9)}`, () => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
