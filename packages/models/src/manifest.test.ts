import { readFileSync } from "node:fs";
import { createPluginRegistry, definePlugin, defineProvider } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { modelFault, modelsPlugin } from "./manifest.ts";
import { parseModelId } from "./model-id.ts";

const registry = createPluginRegistry([{ source: "built-in", plugin: modelsPlugin }]);

describe("parseModelId", () => {
  it("takes all after the first slash as the provider's name of the model", () => {
    expect(parseModelId("openai/gpt-4o-mini")).toEqual({
      provider: "openai",
      model: "gpt-4o-mini",
    });
    expect(parseModelId("openai/org/model:7b")).toEqual({
      provider: "openai",
      model: "org/model:7b",
    });
  });

  it.each(["gpt-4o", "openai/", "/gpt", "open ai/x", ""])("refuses '%s'", (id) => {
    expect(() => parseModelId(id)).toThrow(`the model '${id}' must be provider/model`);
  });
});

describe("modelFault", () => {
  const fault = (modelId: string, env: Record<string, string> = {}) =>
    modelFault({ registry, modelId, env });

  it("finds nothing wrong with a provider that has its settings", () => {
    expect(fault("offline/extractive")).toBeUndefined();
    expect(fault("ollama/llama3.2")).toBeUndefined();
    expect(fault("openai/x", { OPENAI_API_KEY: "k" })).toBeUndefined();
    expect(fault("openai/x", { OPENAI_BASE_URL: "http://127.0.0.1:1/v1" })).toBeUndefined();
  });

  it("names the known providers", () => {
    expect(fault("acme/large")).toBe(
      "unknown model provider 'acme'; known: offline, ollama, openai",
    );
  });

  it("refuses a model that the provider is sure not to have", () => {
    expect(fault("offline/nope")).toBe(
      "the provider 'offline' has no model 'nope'; it has: extractive",
    );
  });

  it("names what to set", () => {
    expect(fault("openai/gpt-4o")).toBe(
      "the model provider 'openai' is not configured: OpenAI or any OpenAI-compatible server; " +
        "needs OPENAI_API_KEY or OPENAI_BASE_URL",
    );
  });

  it("names a setting that is invalid, without its value", () => {
    const said = fault("openai/gpt-4o", { OPENAI_BASE_URL: "ftp://secret" });
    expect(said).toBe(
      "the settings of the model provider 'openai' are invalid: " +
        "OPENAI_BASE_URL: must be an http or https URL",
    );
  });

  it("reads the settings of a plug-in's provider, of any schema", () => {
    const provider = defineProvider({
      id: "acme",
      description: "needs ACME_KEY",
      settings: z.object({ ACME_KEY: z.string() }).transform((s) => s.ACME_KEY),
      create: () => Promise.reject(new Error("not created here")),
    });
    const plugin = definePlugin({ providers: [provider] });
    const own = createPluginRegistry([{ source: "acme", plugin }]);
    const of = (env: Record<string, string>) =>
      modelFault({ registry: own, modelId: "acme/x", env });
    expect(of({ ACME_KEY: "k" })).toBeUndefined();
    expect(of({})).toContain("the settings of the model provider 'acme' are invalid");
  });
});

it("imports no client of a provider: the API takes the manifest only", () => {
  const statically = (file: URL): string[] =>
    [...readFileSync(file, "utf8").matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"/gm)].flatMap(
      ([, specifier = ""]) =>
        specifier.startsWith(".") ? statically(new URL(specifier, file)) : [specifier],
    );
  const libraries = new Set(statically(new URL("manifest.ts", import.meta.url)));
  expect([...libraries].toSorted()).toEqual(["@llamaagent/core", "zod"]);
});
