import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { documentSnippet } from "@llamaagent/testing/architecture/document-snippets";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import { startEmbeddedServer } from "@llamaagent/testing/server/embedded-server";
import {
  type TemporaryFolder,
  temporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Examination } from "./doctor/examine.ts";

/** With what it needs to refuse a model imported at that moment only. */
const provider = `
import { definePlugin, defineProvider } from "@llamaagent/core";
import { z } from "zod";

const usage = { input_tokens: 1, output_tokens: 1 };
const response = { content: "Hello from outside", tool_calls: [], usage, finish_reason: "stop" } as const;
export const plugin = definePlugin({
  providers: [
    defineProvider({
      id: "outside",
      description: "Says hello",
      settings: z.object({}),
      create: async (name: string) => {
        const { AppError } = await import("@llamaagent/core");
        if (name !== "hello") throw new AppError("model_rejected", { detail: "only hello" });
        return {
          id: "outside/hello",
          complete: async () => response,
          async *stream() {
            yield { type: "completed", response } as const;
          },
        };
      },
    }),
  ],
});`;

const commonJs = `
const { definePlugin, defineTool } = require("@llamaagent/core");
const { z } = require("zod");
const input = z.object({});
exports.plugin = definePlugin({
  tools: [defineTool({ name: "nothing", description: "Does nothing", input, execute: async () => null })],
});`;

describe("a plug-in in a folder outside of the repository", () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder("plugin-outside");
  });
  afterAll(() => folder.remove());

  async function write(name: string, text: string): Promise<string> {
    const path = join(folder.path, name);
    await writeFile(path, text);
    return path;
  }

  it("serves runs, with the server's own core, whenever it imports that", async () => {
    const path = await write("provider.ts", provider);
    const server = await startEmbeddedServer({ LLAMAAGENT_PLUGINS: path });
    try {
      const [client] = server.clients;
      const ask = async (model: string) => {
        await client?.agents.create({ name: model, model: `outside/${model}` });
        return (await client?.runs.wait({ agent_id: model, input: "Hi" }))?.run;
      };
      expect(await ask("hello")).toMatchObject({ output: "Hello from outside" });
      expect(await ask("other")).toMatchObject({ error: { code: "model_rejected" } });
    } finally {
      await server.close();
    }
  });

  it.each([
    ["core-page.js", documentSnippet("packages/core/README.md", "plugin")],
    ["common.cjs", commonJs],
  ])("is loaded as %s", async (name, text) => {
    const path = await write(name, text);
    expect(await loading(path)).toEqual({ check: "plug-ins", status: "ok", detail: path });
  });

  it("is refused where it imports a package that it does not have", async () => {
    const path = await write("lacking.js", 'import "no-such-package";');
    expect((await loading(path))?.detail).toContain("Cannot find package 'no-such-package'");
  });

  it("is refused where it imports what the server's own package does not have", async () => {
    const path = await write("no-locale.js", 'import "zod/v4/locales/nowhere";');
    expect((await loading(path))?.detail).toContain("zod/v4/locales/nowhere");
  });

  /** What doctor says of it. */
  async function loading(path: string) {
    const env = { LLAMAAGENT_PLUGINS: path, LLAMAAGENT_DATA_DIR: join(folder.path, "data") };
    const { stdout } = await runLlamaAgent(["doctor", "--json"], env);
    const { checks }: Examination = JSON.parse(stdout);
    return checks.find(({ check }) => check === "plug-ins");
  }
});
