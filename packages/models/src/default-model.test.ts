import { startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chooseDefaultModel } from "./default-model.ts";

const NOBODY = "http://127.0.0.1:1";
let server: { url: string; close(): Promise<void> };
beforeEach(async () => {
  server = await startFakeOpenAi({ script: [], apiKey: "right", models: ["first", "second"] });
});
afterEach(() => server.close());

it("takes OpenAI's small model where a key is set, or the one that is named", async () => {
  expect(await chooseDefaultModel({ OPENAI_API_KEY: "k" })).toBe("openai/gpt-4o-mini");
  expect(await chooseDefaultModel({ OPENAI_API_KEY: "k", OPENAI_MODEL: "o9" })).toBe("openai/o9");
});

it("asks another compatible server which models it has", async () => {
  const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "right" };
  expect(await chooseDefaultModel(env)).toBe("openai/first");
  expect(await chooseDefaultModel({ ...env, OPENAI_MODEL: "mine" })).toBe("openai/mine");
  expect(await chooseDefaultModel({ ...env, OPENAI_API_KEY: "wrong" })).toBe("openai/gpt-4o-mini");
  expect(await chooseDefaultModel({ OPENAI_BASE_URL: `${NOBODY}/v1` })).toBe("openai/gpt-4o-mini");
});

it("takes the first model of an Ollama that answers", async () => {
  const ollama = await startFakeOpenAi({ script: [], models: ["llama3.2:1b"] });
  const url = ollama.url.replace(/\/v1$/, "/");
  expect(await chooseDefaultModel({ OLLAMA_URL: url })).toBe("ollama/llama3.2:1b");
  await ollama.close();
});

it("takes the offline model where no Ollama answers, or one without a model", async () => {
  expect(await chooseDefaultModel({ OLLAMA_URL: NOBODY })).toBe("offline/extractive");
  const empty = await startFakeOpenAi({ script: [], models: [] });
  const url = empty.url.replace(/\/v1$/, "");
  expect(await chooseDefaultModel({ OLLAMA_URL: url })).toBe("offline/extractive");
  await empty.close();
});
