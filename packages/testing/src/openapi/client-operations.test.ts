import { type Client, createClient } from "@llamaagent/client";
import { describe, expect, it } from "vitest";
import { readOwnOperations } from "./own-operations.ts";

/** By operationId; every parameter of a path is `a`. */
const calls: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  create_agent: ({ agents }) => agents.create({ name: "a", model: "m" }),
  get_agent: ({ agents }) => agents.get("a"),
  update_agent: ({ agents }) => agents.update("a", {}),
  delete_agent: ({ agents }) => agents.delete("a"),
  list_agent_versions: ({ agents }) => agents.versions("a"),
  search_agents: ({ agents }) => agents.search(),
  get_agent_schemas: ({ agents }) => agents.schemas("a"),

  create_run: ({ runs }) => runs.create({}),
  create_run_and_wait: ({ runs }) => runs.wait({}),
  create_run_and_stream: ({ runs }) => runs.stream({}).next(),
  get_run: ({ runs }) => runs.get("a"),
  delete_run: ({ runs }) => runs.delete("a"),
  wait_run: ({ runs }) => runs.wait("a"),
  stream_run: ({ runs }) => runs.stream("a").next(),
  list_run_steps: ({ runs }) => runs.steps("a"),
  cancel_run: ({ runs }) => runs.cancel("a"),
  resume_run: ({ runs }) => runs.resume("a", { step_key: "a", outcome: "abort" }),
  fork_run: ({ runs }) => runs.fork("a"),
  retry_run: ({ runs }) => runs.retry("a"),
  create_runs: ({ runs }) => runs.createMany([{}]),
  search_runs: ({ runs }) => runs.search(),
  cancel_runs: ({ runs }) => runs.cancelMany({ run_ids: ["a"] }),

  get_queue_stats: ({ queue }) => queue.stats(),
  list_dead_letters: ({ queue }) => queue.dead(),
  drop_dead_letter: ({ queue }) => queue.drop("a"),

  create_thread: ({ threads }) => threads.create(),
  get_thread: ({ threads }) => threads.get("a"),
  patch_thread: ({ threads }) => threads.update("a", {}),
  delete_thread: ({ threads }) => threads.delete("a"),
  search_threads: ({ threads }) => threads.search(),
  get_thread_history: ({ threads }) => threads.history("a"),
  get_thread_state: ({ threads }) => threads.state("a"),
  copy_thread: ({ threads }) => threads.copy("a"),
  list_thread_runs: ({ threads }) => threads.runs("a"),
  list_thread_files: ({ threads }) => threads.files.list("a"),
  put_thread_file: ({ threads }) => threads.files.put("a", "a", "text"),
  get_thread_file: ({ threads }) => threads.files.get("a", "a"),
  delete_thread_file: ({ threads }) => threads.files.delete("a", "a"),

  put_item: ({ store }) => store.put({ namespace: [], key: "a", value: {} }),
  get_item: ({ store }) => store.get({ key: "a" }),
  delete_item: ({ store }) => store.delete({ key: "a" }),
  search_items: ({ store }) => store.search(),
  list_namespaces: ({ store }) => store.namespaces(),

  create_schedule: ({ schedules }) => schedules.create({ cron: "* * * * *", run: {} }),
  list_schedules: ({ schedules }) => schedules.list(),
  search_schedules: ({ schedules }) => schedules.search({}),
  preview_schedule: ({ schedules }) => schedules.preview({ cron: "* * * * *" }),
  get_schedule: ({ schedules }) => schedules.get("a"),
  update_schedule: ({ schedules }) => schedules.update("a", {}),
  delete_schedule: ({ schedules }) => schedules.delete("a"),
  list_schedule_firings: ({ schedules }) => schedules.firings("a"),

  list_tools: ({ tools }) => tools.list(),
  get_tool: ({ tools }) => tools.get("a"),
  list_models: ({ models }) => models.list(),
  list_strategies: ({ strategies }) => strategies.list(),
  get_info: ({ info }) => info.get(),

  list_webhook_deliveries: ({ webhooks }) => webhooks.deliveries(),
  resend_webhook_delivery: ({ webhooks }) => webhooks.resend("a"),
  list_webhook_keys: ({ webhooks }) => webhooks.keys(),
  rotate_webhook_keys: ({ webhooks }) => webhooks.rotateKeys(),

  list_keys: ({ keys }) => keys.list(),
  create_key: ({ keys }) => keys.create({ name: "a", roles: ["viewer"] }),
  get_key: ({ keys }) => keys.get("a"),
  rotate_key: ({ keys }) => keys.rotate("a"),
  revoke_key: ({ keys }) => keys.revoke("a"),
  create_token: ({ keys }) => keys.createToken(),
  get_me: ({ me }) => me.get(),

  list_tenants: ({ tenants }) => tenants.list(),
  create_tenant: ({ tenants }) => tenants.create({ name: "a" }),
  get_tenant: ({ tenants }) => tenants.get("a"),
  update_tenant: ({ tenants }) => tenants.update("a", {}),
  create_tenant_key: ({ tenants }) => tenants.createKey("a", { name: "a", roles: ["viewer"] }),

  list_audit_records: ({ audit }) => audit.list(),
  list_platform_audit_records: ({ audit }) => audit.platform(),

  get_liveness: ({ health }) => health.live(),
  get_readiness: ({ health }) => health.ready(),
};

/** The client is generated from the document, and has no use for it. */
const NO_METHOD = ["get_openapi"];

const { operations } = await readOwnOperations();
// Those of one thread are the same operations once more.
const own = operations.filter(({ operationId }) => !operationId.endsWith("_of_thread"));

describe("the client", () => {
  it("has a method for each operation of the document, and none for another", () => {
    const ids = own.map(({ operationId }) => operationId);
    expect([...Object.keys(calls), ...NO_METHOD].toSorted()).toEqual(ids.toSorted());
  });

  it.each(own.filter(({ operationId }) => calls[operationId]))(
    "calls $method $path for $operationId",
    async ({ operationId, method, path }) => {
      const asked: string[] = [];
      const client = createClient({
        url: "http://server",
        fetch: async (input, init) => {
          const request = new Request(input, init);
          asked.push(`${request.method} ${new URL(request.url).pathname}`);
          // Final: nothing is asked for a second time.
          return Response.json({ code: "not_found", status: 404 }, { status: 404 });
        },
      });
      await expect(calls[operationId]?.(client)).rejects.toMatchObject({ status: 404 });
      expect(asked).toEqual([`${method} ${path.replace(/\{\w+\}/g, "a")}`]);
    },
  );
});
