import { afterEach, expect, it } from "vitest";
import { type FakeOpenAi, type FakeScript, startFakeOpenAi } from "./fake-openai.ts";

let fake: FakeOpenAi;
afterEach(() => fake.close());

async function start(script: FakeScript, more: { apiKey?: string } = {}) {
  fake = await startFakeOpenAi({ script, ...more });
}
const user = { role: "user", content: "Go" };
const asked = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "c1", type: "function", function: { name: "now", arguments: "{}" } }],
};
const answered = { role: "tool", tool_call_id: "c1", content: "12:00" };

async function post(messages: unknown[], more: object = {}): Promise<Response> {
  return fetch(`${fake.url}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages, ...more }),
  });
}
async function contentOf(messages: unknown[]): Promise<unknown> {
  const body: unknown = await (await post(messages)).json();
  return body;
}

it("takes the turn from the conversation, so that a restarted client meets the same script", async () => {
  await start([{ toolCalls: [{ name: "now", arguments: {} }] }, { text: "Noon." }]);
  for (let n = 0; n < 2; n++) {
    expect(await contentOf([user])).toMatchObject({
      choices: [{ message: { content: null, tool_calls: [{ id: "call_0_0" }] } }],
    });
    expect(await contentOf([user, asked, answered])).toMatchObject({
      choices: [{ message: { content: "Noon." }, finish_reason: "stop" }],
    });
  }
  // A new question begins the script again.
  expect(await contentOf([user, asked, answered, user])).toMatchObject({
    choices: [{ finish_reason: "tool_calls" }],
  });
});

it("gives a script in code what it needs to choose", async () => {
  await start(({ userText, turn, toolResults }) => ({
    text: JSON.stringify({ userText, turn, toolResults }),
  }));
  expect(await contentOf([user, asked, answered])).toMatchObject({
    choices: [{ message: { content: '{"userText":"Go","turn":1,"toolResults":["12:00"]}' } }],
  });
});

it("counts every call, for the test and over HTTP", async () => {
  await start([{ text: "Hi" }]);
  await post([user]);
  await (await post([user, asked, answered], { stream: true })).text();
  await post([user, asked, asked]);
  const at: unknown = expect.any(Number);
  const calls = [
    { number: 1, at, userText: "Go", turn: 0, stream: false, state: "answered" },
    { number: 2, at, userText: "Go", turn: 1, stream: true, state: "answered" },
    { number: 3, at, userText: "", turn: 0, stream: false, state: "refused" },
  ];
  expect(fake.calls).toEqual(calls);
  const served = await fetch(new URL("/calls", fake.url));
  expect(await served.json()).toEqual(calls);
});

it("notes a client that leaves before the end", async () => {
  await start([{ text: "late", delayMs: 60_000 }]);
  const body = JSON.stringify({ model: "m", messages: [user] });
  const controller = new AbortController();
  const request = fetch(`${fake.url}/chat/completions`, {
    method: "POST",
    body,
    signal: controller.signal,
  });
  while (fake.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  await expect(request).rejects.toThrow("aborted");
  while (fake.calls[0]?.state === "open") await new Promise((resolve) => setTimeout(resolve, 5));
  expect(fake.calls[0]?.state).toBe("aborted");
});

it.each([
  ["a tool message without a call", [user, answered], "answers no preceding tool call"],
  ["a call without a tool message", [user, asked, user], "without a tool message right after"],
  ["no messages", [], "messages"],
])("refuses, like OpenAI, %s", async (_name, messages, fault) => {
  await start([{ text: "Hi" }]);
  const response = await post(messages);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(fault);
});

it("streams the usage in a last chunk without choices, only if asked for", async () => {
  await start([{ chunks: ["a", "b"], usage: { prompt_tokens: 3, completion_tokens: 2 } }]);
  const stream_options = { include_usage: true };
  const withUsage = await (await post([user], { stream: true, stream_options })).text();
  expect(withUsage).toContain('"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2');
  expect(withUsage.endsWith("data: [DONE]\n\n")).toBe(true);
  expect(await (await post([user], { stream: true })).text()).not.toContain("usage");
});

it("demands its key", async () => {
  await start([{ text: "Hi" }], { apiKey: "right" });
  expect((await post([user])).status).toBe(401);
  const models = await fetch(`${fake.url}/models`, { headers: { authorization: "Bearer right" } });
  expect(await models.json()).toMatchObject({ data: [{ id: "fake-model" }] });
});
