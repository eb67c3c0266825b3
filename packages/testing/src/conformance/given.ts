import { randomUUID } from "node:crypto";
import { send, sendJson } from "../api/send.ts";

/** What calls ask for: agents that are there, and things that are made for one call. */
export interface Given {
  /** Answers at once. */
  agentId: string;
  /** A text that nothing else holds. */
  marker: () => string;
  unknownId: () => string;
  thread: (fields?: object) => Promise<string>;
  /** With one turn: `hello`, `Hello`. */
  usedThread: (fields?: object) => Promise<string>;
  /** One that has ended, successfully. */
  run: (fields?: object) => Promise<string>;
  /** One that is at work until it is cancelled. */
  slowRun: (fields?: object) => Promise<string>;
  /** Of the store. Not looked at here whether it was stored: `put_item` has calls of its own. */
  item: (fields: { namespace: string[]; key: string; value: object }) => Promise<void>;
  /** Sends another request first, and answers with its JSON. */
  ask: (method: string, path: string, body?: object) => Promise<unknown>;
}

export async function createGiven(
  url: string,
): Promise<{ given: Given; cancelSlowRuns(): Promise<void> }> {
  const slowRuns: string[] = [];
  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await (body ? sendJson(url, method, path, body) : send(url, { method, path }));
    return answer.json;
  }
  async function made(path: string, body: object, id: string): Promise<string> {
    const { status, text, json } = await sendJson(url, "POST", path, body);
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${text}`);
    return (json as Record<string, string>)[id] ?? "";
  }
  const agent = (name: string, model: string) =>
    made("/agents", { name, model, metadata: { of: "conformance" } }, "agent_id");
  const [agentId, slowAgentId] = [
    await agent("conforming", "test/hello"),
    await agent("slow", "test/slow"),
  ];
  const thread = (fields: object = {}) => made("/threads", fields, "thread_id");
  async function run(fields: object = {}): Promise<string> {
    const id = await made("/runs", { agent_id: agentId, input: "hello", ...fields }, "run_id");
    await ask("GET", `/runs/${id}/wait`);
    return id;
  }
  return {
    given: {
      agentId,
      marker: randomUUID,
      unknownId: randomUUID,
      thread,
      async usedThread(fields) {
        const id = await thread(fields);
        await run({ thread_id: id });
        return id;
      },
      run,
      async slowRun(fields = {}) {
        const body = { agent_id: slowAgentId, input: "hello", ...fields };
        const id = await made("/runs", body, "run_id");
        slowRuns.push(id);
        return id;
      },
      item: async (fields) => void (await ask("PUT", "/store/items", fields)),
      ask,
    },
    async cancelSlowRuns() {
      for (const id of slowRuns.splice(0)) await ask("POST", `/runs/${id}/cancel?wait=true`);
    },
  };
}
