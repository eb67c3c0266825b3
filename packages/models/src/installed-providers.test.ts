import { createPluginRegistry, definePlugin, defineProvider } from "@llamaagent/core";
import { startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { installedProviders } from "./installed-providers.ts";
import { modelsPlugin } from "./manifest.ts";

const NOBODY = "http://127.0.0.1:1";
const builtIn = createPluginRegistry([{ source: "built-in", plugin: modelsPlugin }]);

describe("the built-in providers", () => {
  let server: { url: string; close(): Promise<void> };
  beforeEach(async () => {
    server = await startFakeOpenAi({ script: [], apiKey: "right", models: ["second", "first"] });
  });
  afterEach(() => server.close());

  const listed = async (given: Record<string, string>) => {
    const env = { OLLAMA_URL: NOBODY, ...given };
    const all = await installedProviders({ registry: builtIn, env, timeoutMs: 2_000 });
    return Object.fromEntries(
      all.map(({ id, models, isComplete, fault }) => [id, { models, isComplete, fault }]),
    );
  };

  it("list what their servers name, and the model that is chosen", async () => {
    const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "right", OPENAI_MODEL: "mine" };
    expect(await listed(env)).toMatchObject({
      openai: { models: ["openai/first", "openai/mine", "openai/second"], isComplete: true },
      ollama: { models: [], isComplete: false },
      offline: { models: ["offline/extractive"], isComplete: true },
    });
  });

  it("list a model once, though it is chosen and named by the server", async () => {
    const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "right", OPENAI_MODEL: "first" };
    expect((await listed(env))["openai"]?.models).toEqual(["openai/first", "openai/second"]);
  });

  it("list the chosen model where the server refuses the key or is away", async () => {
    const chosen = { models: ["openai/mine"], isComplete: false, fault: undefined };
    const env = { OPENAI_API_KEY: "wrong", OPENAI_MODEL: "mine" };
    expect((await listed({ ...env, OPENAI_BASE_URL: server.url }))["openai"]).toEqual(chosen);
    expect((await listed({ ...env, OPENAI_BASE_URL: NOBODY }))["openai"]).toEqual(chosen);
  });

  it("list Ollama's models", async () => {
    const ollama = await startFakeOpenAi({ script: [], models: ["llama3.2:1b"] });
    expect((await listed({ OLLAMA_URL: ollama.url.replace(/\/v1$/, "/") }))["ollama"]).toEqual({
      models: ["ollama/llama3.2:1b"],
      isComplete: true,
      fault: undefined,
    });
    await ollama.close();
  });

  it("say what is missing or wrong, without the value", async () => {
    expect((await listed({}))["openai"]).toMatchObject({
      models: [],
      fault: expect.stringContaining("needs OPENAI_API_KEY or OPENAI_BASE_URL"),
    });
    const { fault } = (await listed({ OPENAI_BASE_URL: "ftp://user:secret@host" }))["openai"] ?? {};
    expect(fault).toContain("OPENAI_BASE_URL: must be an http or https URL");
    expect(fault).not.toMatch(/secret|host/);
  });
});

describe("a plug-in's provider", () => {
  const list = async (listModels?: Parameters<typeof defineProvider>[0]["listModels"]) => {
    const provider = defineProvider({
      id: "acme",
      description: "Acme",
      settings: z.object({}),
      ...(listModels === undefined ? {} : { listModels }),
      create: () => Promise.reject(new Error("not created here")),
    });
    const plugin = definePlugin({ providers: [provider] });
    const registry = createPluginRegistry([{ source: "acme", plugin }]);
    const [acme] = await installedProviders({ registry, env: {}, timeoutMs: 50 });
    return acme;
  };
  const unknown = { fault: undefined, models: [], isComplete: false };

  it("need not tell its models", async () => {
    expect(await list()).toMatchObject(unknown);
  });

  it("may fail, or never answer, and is listed all the same", async () => {
    expect(await list(() => Promise.reject(new Error("away")))).toMatchObject(unknown);
    expect(
      await list(() => {
        throw new Error("at once");
      }),
    ).toMatchObject(unknown);
    expect(await list(() => new Promise(() => undefined))).toMatchObject(unknown);
  });

  it("has no model that an agent could not name", async () => {
    const names = ["large", "with a blank", "", "x".repeat(300)];
    expect((await list(async () => ({ names, isComplete: true })))?.models).toEqual(["acme/large"]);
  });
});
