import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { send as sendTo, type Sent, withHeaders } from "../api/send.ts";

/** What an operation is sent with besides its body and the parameters that the document has examples of. */
export interface Named {
  /** In the place of the document's. */
  path?: Readonly<Record<string, string>>;
  query?: string;
}

/** By operationId: makes what the operation is about; each call makes it anew. */
export type ThingsMade = Readonly<Record<string, () => Promise<Named>>>;

/** The thread of the document's examples. */
const THREAD = "0199a6f0-0000-7000-8000-000000000001";

/** Things that examples name: the agent `reader`, a run's step, the thread … `headers`: whose they are. */
export function thingsMade(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): ThingsMade & { begin: () => Promise<Named> } {
  const send = (sent: Sent) => sendTo(url, withHeaders(sent, headers));
  async function ask(method: string, path: string, body?: object) {
    const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await send({ method, path, ...(body ? json : {}) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json as Record<string, string>; // ids are what is read of it
  }
  const made = async (path: string, body: object, id: string) =>
    (await ask("POST", path, body))[id] ?? "";
  const items = async (path: string) =>
    ((await ask("GET", path)) as unknown as { items: Record<string, string>[] }).items;

  const noReader = () => send({ method: "DELETE", path: "/agents/reader" });
  async function agent(name: string, model: string, tools: readonly string[] = []) {
    await send({ method: "DELETE", path: `/agents/${name}` });
    await ask("POST", "/agents", { name, model, tools });
    return name;
  }
  async function thread() {
    await send({ method: "DELETE", path: `/threads/${THREAD}` });
    const fields = { thread_id: THREAD, metadata: { topic: "caching" } };
    return made("/threads", fields, "thread_id");
  }
  const begun = (fields: object) =>
    made("/runs", { input: "Hi", metadata: { ticket: 17 }, ...fields }, "run_id");
  async function ended(fields: object = {}) {
    const runId = await begun({ agent_id: "reader", ...fields });
    await ask("GET", `/runs/${runId}/wait`);
    return runId;
  }
  const failed = async (fields: object = {}) =>
    ended({ agent_id: await agent("failing", "test/fails", ["echo"]), ...fields });
  const paused = async (fields: object = {}) =>
    ended({ agent_id: await agent("paused", "test/hang", ["hang"]), ...fields });
  const slow = async (fields: object = {}) =>
    begun({ agent_id: await agent("slow", "test/slow"), ...fields });
  const schedule = () =>
    made(
      "/schedules",
      { cron: "* * * * * *", run: { agent_id: "reader" }, metadata: { team: "sales" } },
      "schedule_id",
    );
  const place = { namespace: ["users", "17"], key: "tone" };
  async function item(): Promise<Named> {
    await ask("PUT", "/store/items", { ...place, value: { formal: true } });
    return {};
  }
  /** At a receiver that no name server knows. */
  async function delivery() {
    const runId = await ended({ webhook: "https://receiver.invalid/hook" });
    const path = `/webhooks/deliveries?run_id=${runId}`;
    await expect.poll(() => items(path), { timeout: 30_000 }).not.toEqual([]);
    return (await items(path))[0]?.["delivery_id"] ?? "";
  }
  const aKey = async () => ({
    path: { key_id: await made("/keys", { name: "a key", roles: ["viewer"] }, "key_id") },
  });
  const aTenant = async () => ({
    path: { tenant_id: await made("/tenants", { name: randomUUID() }, "tenant_id") },
  });
  /** No two tenants have the same. */
  async function giveUpName(name: string): Promise<void> {
    for (const tenant of await items("/tenants?limit=100"))
      if (tenant["name"] === name)
        await ask("PATCH", `/tenants/${tenant["tenant_id"]}`, { name: randomUUID() });
  }
  async function file(): Promise<Named> {
    const path = `/threads/${await thread()}/files/notes.txt`;
    const headers = { "content-type": "application/octet-stream" };
    await send({ method: "PUT", path, headers, body: "Caching is on." });
    return {};
  }

  const aSchedule = async () => ({ path: { schedule_id: await schedule() } });
  /** Of the thread, which some routes name too. */
  const aRun = (run: (fields: object) => Promise<string>) => async () => ({
    path: { run_id: await run({ thread_id: await thread() }) },
  });
  const nothing = async () => ({});
  const without = (make: () => Promise<unknown>) => async () => {
    await make();
    return {};
  };
  const aThread = without(thread);
  const usedThread = without(async () => ended({ thread_id: await thread() }));

  const ofRuns = {
    create_run: aThread,
    create_run_and_wait: aThread,
    create_run_and_stream: aThread,
    get_run: aRun(ended),
    delete_run: aRun(ended),
    wait_run: aRun(ended),
    list_run_steps: aRun(ended),
    cancel_run: aRun(slow),
    resume_run: aRun(paused),
    stream_run: aRun(ended),
    fork_run: aRun(ended),
    retry_run: aRun(failed),
  };
  return {
    ...ofRuns,
    ...Object.fromEntries(
      Object.entries(ofRuns).map(([operationId, make]) => [`${operationId}_of_thread`, make]),
    ),
    create_runs: nothing,
    search_runs: without(failed),
    cancel_runs: aRun(slow),
    list_thread_runs: usedThread,

    create_agent: without(noReader),
    get_agent: nothing,
    update_agent: nothing,
    delete_agent: nothing,
    list_agent_versions: nothing,
    search_agents: without(async () => {
      await send({ method: "DELETE", path: "/agents/helper" });
      const metadata = { team: "support" };
      await ask("POST", "/agents", { name: "helper", model: "test/hello", metadata });
    }),
    get_agent_schemas: nothing,

    get_queue_stats: nothing,
    list_dead_letters: without(failed),
    drop_dead_letter: aRun(failed),

    create_thread: nothing,
    get_thread: usedThread,
    patch_thread: aThread,
    delete_thread: usedThread,
    search_threads: aThread,
    get_thread_history: usedThread,
    get_thread_state: usedThread,
    copy_thread: usedThread,
    list_thread_files: file,
    put_thread_file: aThread,
    get_thread_file: file,
    delete_thread_file: file,

    put_item: nothing,
    get_item: async () => ({ ...(await item()), query: "namespace=users&namespace=17" }),
    delete_item: item,
    search_items: item,
    list_namespaces: item,

    create_schedule: nothing,
    list_schedules: without(schedule),
    search_schedules: without(schedule),
    preview_schedule: nothing,
    get_schedule: aSchedule,
    update_schedule: aSchedule,
    delete_schedule: aSchedule,
    list_schedule_firings: async () => {
      const schedule_id = await schedule();
      const firings = () => items(`/schedules/${schedule_id}/firings`);
      await expect.poll(firings, { timeout: 30_000 }).not.toEqual([]);
      return { path: { schedule_id } };
    },

    list_tools: nothing,
    get_tool: nothing,
    list_models: nothing,
    list_strategies: nothing,
    get_info: nothing,

    list_webhook_deliveries: without(delivery),
    resend_webhook_delivery: async () => ({ path: { delivery_id: await delivery() } }),
    list_webhook_keys: nothing,
    rotate_webhook_keys: nothing,

    list_keys: without(aKey),
    create_key: nothing,
    get_key: aKey,
    rotate_key: aKey,
    revoke_key: aKey,
    create_token: nothing,
    get_me: nothing,

    list_tenants: without(aTenant),
    create_tenant: without(() => giveUpName("sales")),
    get_tenant: aTenant,
    update_tenant: async () => {
      await giveUpName("sales and support");
      return aTenant();
    },
    create_tenant_key: aTenant,

    list_audit_records: without(aKey),
    list_platform_audit_records: without(aTenant),

    get_liveness: nothing,
    get_readiness: nothing,
    get_openapi: nothing,

    begin: without(() => agent("reader", "test/hello")),
  };
}
